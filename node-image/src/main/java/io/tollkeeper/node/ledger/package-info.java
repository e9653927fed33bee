/** The records that a node holds: read by all, written on the committing thread. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.ledger;
