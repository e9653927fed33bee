/** Settles what is anchored when a payment condition holds. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.keeper;
