package io.tollkeeper.rating;

import java.math.BigInteger;

/** How a line's exact charge becomes whole base units: once, at the line's end. */
public enum Rounding {
    /** To the base unit below: the customer never pays for a part. */
    DOWN {
        @Override
        BigInteger divide(BigInteger dividend, BigInteger divisor) {
            return dividend.divide(divisor);
        }
    },
    /** To the base unit above: every started part is paid. */
    UP {
        @Override
        BigInteger divide(BigInteger dividend, BigInteger divisor) {
            return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
        }
    },
    /** To the nearest base unit, half a unit to the one above. */
    HALF_UP {
        @Override
        BigInteger divide(BigInteger dividend, BigInteger divisor) {
            return dividend.shiftLeft(1).add(divisor).divide(divisor.shiftLeft(1));
        }
    };

    /** The quotient of a dividend from 0 and a divisor from 1. */
    abstract BigInteger divide(BigInteger dividend, BigInteger divisor);
}
