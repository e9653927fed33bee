package io.tollkeeper.node.log;

import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;

/**
 * A leaf as it is stored: its hash, and whose record it is.
 *
 * <pre>
 *   0 32 leaf hash | 32 32 agreement | 64 8 seq
 * </pre>
 */
public record Leaf(Bytes32 hash, Bytes32 agreement, long seq) {
    byte[] encode() {
        return ByteBuffer.allocate(72)
                .put(hash.toByteArray())
                .put(agreement.toByteArray())
                .putLong(seq)
                .array();
    }

    static Leaf decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        byte[] hash = new byte[32];
        byte[] agreement = new byte[32];
        in.get(hash).get(agreement);
        return new Leaf(Bytes32.of(hash), Bytes32.of(agreement), in.getLong());
    }
}
