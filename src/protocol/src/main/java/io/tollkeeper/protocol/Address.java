package io.tollkeeper.protocol;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable EVM address of 20 bytes. Text is lower case: checksum case (EIP-55) is read as any other and not kept. */
public final class Address implements Comparable<Address> {
    /** Length in bytes. */
    public static final int LENGTH = 20;

    /** 20 zero bytes; as a token it stands for the chain's native coin. */
    public static final Address ZERO = new Address(new byte[LENGTH]);

    private final byte[] bytes;

    private Address(byte[] owned) {
        this.bytes = owned;
    }

    /** A copy of {@code bytes}, which must be 20 long. */
    public static Address of(byte[] bytes) {
        Limits.length("an address", bytes, LENGTH);
        return new Address(bytes.clone());
    }

    /** A copy of the 20 bytes of {@code source} that begin at {@code offset}. */
    public static Address at(byte[] source, int offset) {
        return new Address(Arrays.copyOfRange(source, offset, Limits.end(source, offset, LENGTH)));
    }

    /** Reads 40 hexadecimal digits of either case, with or without {@code 0x} before them. */
    public static Address fromHex(String hex) {
        return new Address(Limits.hex("an address", hex, LENGTH));
    }

    /** {@code 0x} and 40 lower-case digits. */
    public String hex() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Writes the 20 bytes to {@code target} from {@code offset} on. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    /** Whether all bytes are zero. */
    public boolean isZero() {
        return equals(ZERO);
    }

    @Override
    public int compareTo(Address other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that && Arrays.equals(bytes, that.bytes);
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
