/** What to do: pure functions from what was observed, clock included, to a plan. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.decide;
