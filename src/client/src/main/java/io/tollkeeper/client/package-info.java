/**
 * The customer's side: collectors measure, the spool keeps, the numberer signs, the sender delivers to one server of the
 * list, and the prover checks that what was delivered is anchored. {@link io.tollkeeper.client.Agent} ties it together.
 */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.client;
