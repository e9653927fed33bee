package io.tollkeeper.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A node's promise to anchor what it accepted.
 *
 * @param nodeId the node
 * @param epoch its epoch; uint64
 * @param recordsHash {@link #recordsHash(List)} of the accepted and duplicate records of one answer
 * @param anchorBy Unix second by which they are to be anchored; uint40
 */
public record Receipt(Bytes32 nodeId, long epoch, Bytes32 recordsHash, long anchorBy) {
    public Receipt {
        Limits.range("epoch", epoch, 0, Limits.UINT64_MAX);
        Limits.range("anchorBy", anchorBy, 0, Limits.UINT40_MAX);
    }

    /**
     * Where a record stands in a node's log.
     *
     * @param digest the record's digest
     * @param position index of its leaf, from 0; uint64
     */
    public record Entry(Bytes32 digest, long position) {
        public Entry {
            Limits.range("position", position, 0, Limits.UINT64_MAX);
        }
    }

    /** Keccak-256 of {@code digest 32 || position 8, big-endian} of each entry, in the order of the answer. */
    public static Bytes32 recordsHash(List<Entry> entries) {
        int entryBytes = Bytes32.LENGTH + Long.BYTES;
        ByteBuffer out = ByteBuffer.allocate(entries.size() * entryBytes);
        for (Entry entry : entries) {
            out.put(entry.digest().toByteArray()).putLong(entry.position());
        }
        return Keccak.hash(out.array());
    }
}
