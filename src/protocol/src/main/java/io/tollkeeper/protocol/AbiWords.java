package io.tollkeeper.protocol;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The ABI's 32-byte words, one after another: {@code abi.encode} of static types, and EIP-712's {@code encodeData}. */
final class AbiWords {
    private final ByteArrayOutputStream words = new ByteArrayOutputStream();

    AbiWords bytes32(Bytes32 value) {
        words.writeBytes(value.toByteArray());
        return this;
    }

    AbiWords address(Address value) {
        words.writeBytes(new byte[Bytes32.LENGTH - Address.LENGTH]);
        words.writeBytes(value.toByteArray());
        return this;
    }

    AbiWords uint(long value) {
        return uint(BigInteger.valueOf(value));
    }

    AbiWords uint(BigInteger value) {
        words.writeBytes(bytes(value, Bytes32.LENGTH));
        return this;
    }

    /** EIP-712's member of a dynamic type: the hash of its bytes. */
    AbiWords hashOf(String value) {
        return bytes32(Keccak.hash(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** The tail of a dynamic value: its length, then its bytes filled up to whole words. */
    AbiWords string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        uint(utf8.length);
        words.writeBytes(utf8);
        words.writeBytes(new byte[-utf8.length & (Bytes32.LENGTH - 1)]);
        return this;
    }

    int size() {
        return words.size();
    }

    AbiWords append(AbiWords more) {
        words.writeBytes(more.words.toByteArray());
        return this;
    }

    Bytes32 keccak() {
        return Keccak.hash(words.toByteArray());
    }

    /** A non-negative number of at most {@code length} bytes, big-endian, zeros in front. */
    static byte[] bytes(BigInteger value, int length) {
        byte[] magnitude = value.toByteArray();
        int from = magnitude.length > 1 && magnitude[0] == 0 ? 1 : 0;
        int used = magnitude.length - from;
        if (value.signum() < 0 || used > length) {
            throw new IllegalArgumentException(
                    "expected a number from 0 to 2^%d-1, got %s".formatted(8 * length, value));
        }
        byte[] bytes = new byte[length];
        System.arraycopy(magnitude, from, bytes, length - used, used);
        return bytes;
    }
}
