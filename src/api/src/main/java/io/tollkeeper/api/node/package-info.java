/** What operator and node must call the same: environment names, ports, labels, Lease keys. No library. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.api.node;
