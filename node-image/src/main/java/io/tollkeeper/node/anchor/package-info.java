/** Brings the log's checkpoints to the chain; keeps the rows of the chain's outbox on the disk. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.anchor;
