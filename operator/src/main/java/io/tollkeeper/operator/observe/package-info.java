/** What there is: pods, Kubernetes Nodes, Leases, probes and the chain, read into records. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.observe;
