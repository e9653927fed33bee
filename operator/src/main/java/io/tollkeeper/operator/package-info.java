/** BillingNode to pods: observe, decide, act, report. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator;
