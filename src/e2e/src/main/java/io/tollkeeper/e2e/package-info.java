/**
 * The whole system on one machine: a {@link io.tollkeeper.e2e.Stage} with everything on it, the demo, and what both the
 * demo and the acceptance tests ask of it afterwards.
 */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.e2e;
