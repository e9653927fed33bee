/** The operator's work on the chain, beside reconcile and never in its way. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.chain;
