package io.tollkeeper.node.view;

import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;

/**
 * A checkpoint of this node's log that is final on the chain, stored under epoch and size.
 *
 * <pre>
 *   0 32 root | 32 8 block | 40 32 block hash | 72 32 transaction hash | 104 8 index of the event in its block
 * </pre>
 */
public record FinalAnchor(
        long size, Bytes32 root, long blockNumber, Bytes32 blockHash, Bytes32 transactionHash, long logIndex) {

    static FinalAnchor of(ChainEvent.Anchored event) {
        return new FinalAnchor(
                event.size(),
                event.root(),
                event.location().blockNumber(),
                event.location().blockHash(),
                event.location().transactionHash(),
                event.location().logIndex());
    }

    byte[] encode() {
        return ByteBuffer.allocate(112)
                .put(root.toByteArray())
                .putLong(blockNumber)
                .put(blockHash.toByteArray())
                .put(transactionHash.toByteArray())
                .putLong(logIndex)
                .array();
    }

    static FinalAnchor decode(long size, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new FinalAnchor(size, hash(in), in.getLong(), hash(in), hash(in), in.getLong());
    }

    private static Bytes32 hash(ByteBuffer in) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        in.get(bytes);
        return Bytes32.of(bytes);
    }
}
