package io.tollkeeper.protocol;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** The 16 random bytes that keep a record's digest from being guessed from its counters. */
public final class Salt {
    /** Length in bytes. */
    public static final int LENGTH = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    private Salt(byte[] owned) {
        this.bytes = owned;
    }

    /** New bytes from the system's secure source. */
    public static Salt random() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return new Salt(bytes);
    }

    /** A copy of {@code bytes}, which must be 16 long. */
    public static Salt of(byte[] bytes) {
        Limits.length("a salt", bytes, LENGTH);
        return new Salt(bytes.clone());
    }

    /** Reads 32 hexadecimal digits of either case, with or without {@code 0x} before them. */
    public static Salt fromHex(String hex) {
        return new Salt(Limits.hex("a salt", hex, LENGTH));
    }

    /** {@code 0x} and 32 lower-case digits. */
    public String hex() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Salt that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
