package io.tollkeeper.protocol;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable value of 32 bytes: a hash, an id, a root. Ordered as an unsigned big-endian number. */
public final class Bytes32 implements Comparable<Bytes32> {
    /** Length in bytes. */
    public static final int LENGTH = 32;

    /** 32 zero bytes; in the protocol it stands for "none". */
    public static final Bytes32 ZERO = new Bytes32(new byte[LENGTH]);

    private final byte[] bytes;

    private Bytes32(byte[] owned) {
        this.bytes = owned;
    }

    /** A copy of {@code bytes}, which must be 32 long. */
    public static Bytes32 of(byte[] bytes) {
        Limits.length("a 32-byte value", bytes, LENGTH);
        return new Bytes32(bytes.clone());
    }

    /** A copy of the 32 bytes of {@code source} that begin at {@code offset}. */
    public static Bytes32 at(byte[] source, int offset) {
        return new Bytes32(Arrays.copyOfRange(source, offset, Limits.end(source, offset, LENGTH)));
    }

    /** Reads 64 hexadecimal digits of either case, with or without {@code 0x} before them. */
    public static Bytes32 fromHex(String hex) {
        return new Bytes32(Limits.hex("a 32-byte value", hex, LENGTH));
    }

    /** {@code 0x} and 64 lower-case digits. */
    public String hex() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Writes the 32 bytes to {@code target} from {@code offset} on. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    /** Whether all bytes are zero. */
    public boolean isZero() {
        return equals(ZERO);
    }

    @Override
    public int compareTo(Bytes32 other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes32 that && Arrays.equals(bytes, that.bytes);
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
