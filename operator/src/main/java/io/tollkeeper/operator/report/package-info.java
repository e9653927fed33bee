/** Says what happened: status, conditions, events and metrics. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.report;
