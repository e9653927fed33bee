/** The {@code tollkeeper} command: the agent of a customer, and the provider's thin commands. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.cli;
