/** The BillingNode resource: specification, status and conditions. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.api;
