/** What this node sees on the chain: agreements, its own anchors, other nodes' rows, its own registration. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.view;
