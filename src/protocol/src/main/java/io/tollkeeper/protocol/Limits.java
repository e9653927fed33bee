package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.HexFormat;

/** The ranges of the protocol's fields, checked in one place; every refusal says what was expected and what came. */
final class Limits {
    static final long UINT16_MAX = (1L << 16) - 1;
    static final long UINT32_MAX = (1L << 32) - 1;
    static final long UINT40_MAX = (1L << 40) - 1;

    /** The protocol's uint64 fields are kept as non-negative longs; the upper half of their range is refused. */
    static final long UINT64_MAX = Long.MAX_VALUE;

    static final BigInteger UINT96_MAX = BigInteger.ONE.shiftLeft(96).subtract(BigInteger.ONE);

    private Limits() {}

    static void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "expected %s from %d to %d, got %d".formatted(field, least, most, value));
        }
    }

    static void uint96(String field, BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 96) {
            throw new IllegalArgumentException("expected %s from 0 to 2^96-1, got %s".formatted(field, value));
        }
    }

    static void length(String what, byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(
                    "expected %s of %d bytes, got %d bytes".formatted(what, length, bytes.length));
        }
    }

    static int end(byte[] source, int offset, int length) {
        if (offset < 0 || source.length - length < offset) {
            throw new IllegalArgumentException("expected %d bytes from offset %d on, got an array of %d bytes"
                    .formatted(length, offset, source.length));
        }
        return offset + length;
    }

    /** The text itself stays out of the message: it may be a key. */
    static byte[] hex(String what, String hex, int length) {
        int start = hex.startsWith("0x") || hex.startsWith("0X") ? 2 : 0;
        if (hex.length() - start != 2 * length) {
            throw new IllegalArgumentException("expected %s as %d hexadecimal digits, got %d characters"
                    .formatted(what, 2 * length, hex.length() - start));
        }
        try {
            return HexFormat.of().parseHex(hex, start, hex.length());
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("expected %s as %d hexadecimal digits, got another character among them"
                    .formatted(what, 2 * length));
        }
    }
}
