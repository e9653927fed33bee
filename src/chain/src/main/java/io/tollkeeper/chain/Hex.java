package io.tollkeeper.chain;

import java.math.BigInteger;
import java.util.HexFormat;

/** JSON-RPC's two hex forms: quantities without leading zeros, data as whole bytes; both begin with 0x. */
final class Hex {
    private static final int SHOWN_MAX = 80;

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

    /** @throws RpcTransportException when this is no quantity: what we read comes from an endpoint */
    static BigInteger toBigInteger(String quantity) {
        var digits = digits(quantity);
        try {
            return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits, 16);
        } catch (NumberFormatException _) {
            throw malformed(quantity);
        }
    }

    /** @throws RpcTransportException when this is no quantity, or none below 2^63 */
    static long toLong(String quantity) {
        try {
            return toBigInteger(quantity).longValueExact();
        } catch (ArithmeticException _) {
            throw malformed(quantity);
        }
    }

    /** @throws RpcTransportException when these are no whole bytes */
    static byte[] toBytes(String data) {
        try {
            return HexFormat.of().parseHex(digits(data));
        } catch (IllegalArgumentException _) {
            throw malformed(data);
        }
    }

    private static String digits(String hex) {
        if (!hex.startsWith("0x")) {
            throw malformed(hex);
        }
        return hex.substring(2);
    }

    private static RpcTransportException malformed(String hex) {
        var shown = hex.length() <= SHOWN_MAX ? hex : hex.substring(0, SHOWN_MAX) + "…";
        return new RpcTransportException("expected 0x and hex digits, got \"" + shown + "\"");
    }

    private Hex() {}
}
