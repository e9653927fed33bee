package io.tollkeeper.chain;

import java.math.BigInteger;
import java.util.HexFormat;

/** JSON-RPC's two hex forms: quantities without leading zeros, data as whole bytes; both begin with 0x. */
final class Hex {
    static String quantity(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("quantity: expected at least 0, got " + value);
        }
        return "0x" + Long.toHexString(value);
    }

    static String quantity(BigInteger value) {
        if (value.signum() < 0) {
            throw new IllegalArgumentException("quantity: expected at least 0, got " + value);
        }
        return "0x" + value.toString(16);
    }

    static String data(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    static BigInteger toBigInteger(String quantity) {
        var digits = digits(quantity);
        return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits, 16);
    }

    static long toLong(String quantity) {
        return toBigInteger(quantity).longValueExact();
    }

    static byte[] toBytes(String data) {
        return HexFormat.of().parseHex(digits(data));
    }

    private static String digits(String hex) {
        if (!hex.startsWith("0x")) {
            throw new IllegalArgumentException("hex: expected 0x…, got " + hex);
        }
        return hex.substring(2);
    }

    private Hex() {}
}
