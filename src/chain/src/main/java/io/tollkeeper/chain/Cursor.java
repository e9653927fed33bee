package io.tollkeeper.chain;

import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a follower has come: the last block whose events it has delivered as final, and some blocks before it, by
 * which it finds its way back should a chain break its own finality.
 *
 * @param trail newest last; never empty; the last one is where the follower stands
 */
public record Cursor(List<BlockRef> trail) {
    static final int TRAIL_MAX = 64;

    private static final int BLOCK_BYTES = Long.BYTES + Bytes32.ZERO.toByteArray().length + Long.BYTES;

    public Cursor {
        trail = List.copyOf(trail);
        if (trail.isEmpty()) {
            throw new IllegalArgumentException("trail is empty");
        }
    }

    public BlockRef last() {
        return trail.getLast();
    }

    Cursor advancedTo(BlockRef block) {
        var longer = new ArrayList<>(trail);
        longer.add(block);
        return new Cursor(longer.subList(Math.max(0, longer.size() - TRAIL_MAX), longer.size()));
    }

    /**
     * For stores: each block of the trail as {number int64, hash 32 bytes, Unix second int64}, big-endian, oldest first.
     */
    public byte[] toBytes() {
        var bytes = ByteBuffer.allocate(trail.size() * BLOCK_BYTES);
        for (var block : trail) {
            bytes.putLong(block.number())
                    .put(block.hash().toByteArray())
                    .putLong(block.time().getEpochSecond());
        }
        return bytes.array();
    }

    public static Cursor fromBytes(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        var trail = new ArrayList<BlockRef>();
        while (buffer.hasRemaining()) {
            var number = buffer.getLong();
            var hash = new byte[32];
            buffer.get(hash);
            trail.add(new BlockRef(number, Bytes32.of(hash), Instant.ofEpochSecond(buffer.getLong())));
        }
        return new Cursor(trail);
    }
}
