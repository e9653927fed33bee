package io.tollkeeper.node.store;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.UsageRecord;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A record that this node holds: from a client, or read from another node's rows on the chain.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  epoch   of this node's log that holds the leaf; 0: in none of its logs
 *        8      8  leaf    index in that log
 *       16      1  onChain 1: seen whole in final rows of some node's FULL anchor
 *       17      8  limitReachedAt  asOf of the first record in a row whose amount had reached the funds' limit; 0: not
 *       25     32  digest
 *       57     64  signature
 *      121      n  canonical record
 * </pre>
 */
public record HeldRecord(
        Optional<LogPlace> place, boolean onChain, long limitReachedAt, Bytes32 digest, SignedRecord signed) {

    /** Where a record's leaf stands: the epoch whose log it is, and the index in it from 0. */
    public record LogPlace(long epoch, long leaf) {}

    private static final int HEADER_BYTES = 121;

    public UsageRecord record() {
        return signed.record();
    }

    public long seq() {
        return record().seq();
    }

    public HeldRecord seenOnChain() {
        return new HeldRecord(place, true, limitReachedAt, digest, signed);
    }

    public HeldRecord at(LogPlace newPlace) {
        return new HeldRecord(Optional.of(newPlace), onChain, limitReachedAt, digest, signed);
    }

    /** The leaf's index in the log of {@code epoch}, if it is there. */
    public Optional<Long> leafIn(long epoch) {
        return place.filter(where -> where.epoch() == epoch).map(LogPlace::leaf);
    }

    public byte[] encode() {
        byte[] canonical = CanonicalRecord.encode(record());
        return ByteBuffer.allocate(HEADER_BYTES + canonical.length)
                .putLong(place.map(LogPlace::epoch).orElse(0L))
                .putLong(place.map(LogPlace::leaf).orElse(0L))
                .put((byte) (onChain ? 1 : 0))
                .putLong(limitReachedAt)
                .put(digest.toByteArray())
                .put(signed.signature().toByteArray())
                .put(canonical)
                .array();
    }

    public static HeldRecord decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long epoch = in.getLong();
        long leaf = in.getLong();
        boolean onChain = in.get() == 1;
        long limitReachedAt = in.getLong();
        Bytes32 digest = Bytes32.of(take(in, 32));
        Signature signature = Signature.of(take(in, 64));
        try {
            UsageRecord record = CanonicalRecord.decode(take(in, in.remaining()));
            return new HeldRecord(
                    epoch == 0 ? Optional.empty() : Optional.of(new LogPlace(epoch, leaf)),
                    onChain,
                    limitReachedAt,
                    digest,
                    new SignedRecord(record, signature));
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("a stored record cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] take(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
