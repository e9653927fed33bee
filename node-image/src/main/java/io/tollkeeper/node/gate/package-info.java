/** Whether this node may take records, and why not. Seen by all, depends on nothing. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.gate;
