/** What a receiver accepts: pure decisions, no store, no chain, no clock of its own. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.rules;
