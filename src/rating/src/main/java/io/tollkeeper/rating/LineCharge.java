package io.tollkeeper.rating;

import java.math.BigInteger;

/**
 * What one line charges for a window.
 *
 * @param line the line
 * @param quantity counts of the line's meter
 * @param amount base units
 */
public record LineCharge(TariffLine line, BigInteger quantity, BigInteger amount) {}
