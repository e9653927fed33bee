/** The disk: one RocksDB, one committing thread, one synced batch a group. Knows bytes and records, no rules. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.store;
