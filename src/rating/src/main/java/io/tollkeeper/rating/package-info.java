/**
 * From what the meters counted in one window to an amount: exact, in whole base units, without clock or I/O. The same
 * counters under the same tariff give the same amount on every machine, for ever.
 */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.rating;
