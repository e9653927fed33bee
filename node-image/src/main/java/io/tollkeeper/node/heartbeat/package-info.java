/** The Lease by which the operator sees that this node lives and works. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.heartbeat;
