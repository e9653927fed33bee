/** The billing node put together. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node;
