package io.tollkeeper.rating;

import java.math.BigInteger;

/** One line of a tariff. A line's charge never falls while its quantity rises. */
public sealed interface TariffLine {
    /** What statements call the line. */
    String name();

    /** The meter whose quantity is charged. */
    Meter meter();

    /** The charge for {@code quantity} counts of the meter in one window, in base units. */
    BigInteger charge(BigInteger quantity);

    /**
     * {@code quantity · price / per}, rounded once.
     *
     * @param name what statements call the line
     * @param meter the meter whose quantity is charged
     * @param price base units for {@code per} counts, from 0 to 2^96-1
     * @param per how many counts the price is for, from 1 to 2^63-1
     * @param rounding what happens to parts of a base unit
     */
    record PerUnit(String name, Meter meter, BigInteger price, BigInteger per, Rounding rounding)
            implements TariffLine {
        @Override
        public BigInteger charge(BigInteger quantity) {
            return rounding.divide(quantity.multiply(price), per);
        }
    }
}
