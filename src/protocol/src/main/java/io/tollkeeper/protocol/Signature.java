package io.tollkeeper.protocol;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A secp256k1 signature in the compact form of EIP-2098.
 *
 * <pre>
 *   offset  bytes  field
 *        0     32  r
 *       32     32  vs  top bit: parity of the point's y; the other 255 bits: s, at most half of the group's order
 * </pre>
 *
 * Any 64 bytes can be a {@code Signature}; whether they are anybody's signature, {@link #recover} tells.
 */
public final class Signature {
    /** Length in bytes. */
    public static final int LENGTH = 64;

    private final byte[] bytes;

    private Signature(byte[] owned) {
        this.bytes = owned;
    }

    /** A copy of {@code bytes}, which must be 64 long. */
    public static Signature of(byte[] bytes) {
        Limits.length("a signature", bytes, LENGTH);
        return new Signature(bytes.clone());
    }

    /** Reads 128 hexadecimal digits of either case, with or without {@code 0x} before them. */
    public static Signature fromHex(String hex) {
        return new Signature(Limits.hex("a signature", hex, LENGTH));
    }

    /** From r || s with a low s and the parity of y. */
    static Signature ofCompact(byte[] compact, int yParity) {
        byte[] bytes = compact.clone();
        bytes[32] = (byte) (bytes[32] | yParity << 7);
        return new Signature(bytes);
    }

    /** r. */
    public Bytes32 r() {
        return Bytes32.at(bytes, 0);
    }

    /** The parity of y in the top bit, then s. */
    public Bytes32 vs() {
        return Bytes32.at(bytes, Bytes32.LENGTH);
    }

    /** 0 or 1. */
    public int yParity() {
        return (bytes[32] & 0x80) >>> 7;
    }

    /**
     * The address whose key made this signature over {@code digest}; empty when r or s is out of range, s is in the upper
     * half (EIP-2), or no point has this r.
     */
    public Optional<Address> recover(Bytes32 digest) {
        byte[] compact = bytes.clone();
        compact[32] = (byte) (compact[32] & 0x7f);
        return Curve.hasLowS(compact)
                ? Curve.BEST.recover(digest.toByteArray(), compact, yParity()).map(Curve::addressOf)
                : Optional.empty();
    }

    /** {@code 0x} and 128 lower-case digits. */
    public String hex() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature that && Arrays.equals(bytes, that.bytes);
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
