/**
 * A development tool: Kubernetes on one machine, with the real control plane as child processes and a stand-in for
 * kubelet and Service routing that runs pods as local processes. {@code docs/local-cluster.md} says what it shows and
 * what it does not.
 */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.localcluster;
