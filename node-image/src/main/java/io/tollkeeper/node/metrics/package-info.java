/** What a node counts about itself. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.metrics;
