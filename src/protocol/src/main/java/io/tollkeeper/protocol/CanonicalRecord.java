package io.tollkeeper.protocol;

import io.tollkeeper.protocol.merkle.MerkleHash;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A record's one and only form in bytes. Big-endian; every number unsigned; no padding; nothing may follow.
 *
 * <pre>
 *   offset  bytes  field
 *        0     32  agreement
 *       32      4  branch           from 1
 *       36      8  seq              from 1, below 2^63
 *       44      5  asOf             Unix second
 *       49     12  amount           base units
 *       61      1  kind             START 1, INTERIM 2, STOP 3, CLOSE 4
 *       62      1  format version   1           &lt;- the body begins here
 *       63      8  session number   below 2^63
 *       71      5  session start    Unix second
 *       76      4  window id
 *       80      5  window start     Unix second
 *       85     12  base             base units
 *       97      2  n                number of counters, at most 256
 *       99   11 n  counters         {meter id 2, band 1, cumulative 8 below 2^63}, strictly ascending by (meter, band)
 *   99+11n      4  details          number of details
 *  103+11n     32  detail root      zero if and only if there are no details
 *  135+11n     32  previous digest  zero if and only if seq is 1
 *  167+11n     16  salt
 *  183+11n         the end
 * </pre>
 *
 * <p>{@code body} in the signed struct is the Keccak-256 of the bytes from 62 to the end. The leaf of the log is
 * SHA-256(0x00 || all bytes) (RFC 6962 section 2.1); the signature is not part of it, so that two signatures of one
 * record are no contradiction.
 *
 * <p>Two different records never have the same bytes and two different byte strings never the same record: {@link
 * #decode} accepts exactly what {@link #encode} writes.
 */
public final class CanonicalRecord {
    /** The only format version there is. */
    public static final int FORMAT_VERSION = 1;

    /** Offset of the body. */
    public static final int BODY_OFFSET = 62;

    /** Length of a record without counters. */
    public static final int MIN_BYTES = 183;

    /** Length of one counter. */
    public static final int COUNTER_BYTES = 11;

    /** Length of the longest record. */
    public static final int MAX_BYTES = MIN_BYTES + COUNTER_BYTES * RecordBody.MAX_COUNTERS;

    private static final int UINT96_BYTES = 12;

    private CanonicalRecord() {}

    /** The record's bytes. */
    public static byte[] encode(UsageRecord usage) {
        RecordBody body = usage.body();
        ByteBuffer out =
                ByteBuffer.allocate(MIN_BYTES + COUNTER_BYTES * body.counters().size());
        out.put(usage.agreement().toByteArray());
        out.putInt((int) usage.branch());
        out.putLong(usage.seq());
        putUint40(out, usage.asOf());
        putUint96(out, usage.amount());
        out.put((byte) usage.kind().code());
        out.put((byte) FORMAT_VERSION);
        out.putLong(body.sessionNumber());
        putUint40(out, body.sessionStart());
        out.putInt((int) body.windowId());
        putUint40(out, body.windowStart());
        putUint96(out, body.base());
        out.putShort((short) body.counters().size());
        for (Counter counter : body.counters()) {
            out.putShort((short) counter.meterId());
            out.put((byte) counter.band());
            out.putLong(counter.cumulative());
        }
        out.putInt((int) body.detailCount());
        out.put(body.detailRoot().toByteArray());
        out.put(body.previousDigest().toByteArray());
        out.put(body.salt().toByteArray());
        return out.array();
    }

    /** The record that has these bytes. */
    public static UsageRecord decode(byte[] bytes) throws MalformedRecordException {
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw new MalformedRecordException(
                    "a record of %d to %d bytes".formatted(MIN_BYTES, MAX_BYTES), bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Bytes32 agreement = bytes32(in);
        long branch = Integer.toUnsignedLong(in.getInt());
        long seq = uint63(in, "seq");
        long asOf = uint40(in);
        BigInteger amount = uint96(in);
        int kindCode = Byte.toUnsignedInt(in.get());
        RecordKind kind = RecordKind.ofCode(kindCode)
                .orElseThrow(() -> new MalformedRecordException("a kind from 1 to 4", String.valueOf(kindCode)));
        int version = Byte.toUnsignedInt(in.get());
        if (version != FORMAT_VERSION) {
            throw new MalformedRecordException("format version " + FORMAT_VERSION, String.valueOf(version));
        }
        long sessionNumber = uint63(in, "session number");
        long sessionStart = uint40(in);
        long windowId = Integer.toUnsignedLong(in.getInt());
        long windowStart = uint40(in);
        BigInteger base = uint96(in);
        int counterCount = Short.toUnsignedInt(in.getShort());
        int length = MIN_BYTES + COUNTER_BYTES * counterCount;
        if (bytes.length != length) {
            throw new MalformedRecordException(
                    "%d bytes for %d counters".formatted(length, counterCount), bytes.length + " bytes");
        }
        List<Counter> counters = new ArrayList<>(counterCount);
        for (int i = 0; i < counterCount; i++) {
            counters.add(new Counter(
                    Short.toUnsignedInt(in.getShort()), Byte.toUnsignedInt(in.get()), uint63(in, "counter")));
        }
        long detailCount = Integer.toUnsignedLong(in.getInt());
        Bytes32 detailRoot = bytes32(in);
        Bytes32 previousDigest = bytes32(in);
        byte[] salt = new byte[Salt.LENGTH];
        in.get(salt);
        try {
            RecordBody body = new RecordBody(
                    sessionNumber,
                    sessionStart,
                    windowId,
                    windowStart,
                    base,
                    counters,
                    detailCount,
                    detailRoot,
                    previousDigest,
                    Salt.of(salt));
            return new UsageRecord(agreement, branch, seq, asOf, amount, kind, body);
        } catch (IllegalArgumentException e) {
            throw MalformedRecordException.from(e);
        }
    }

    /** The leaf of the log for a canonical record: SHA-256(0x00 || bytes). */
    public static Bytes32 leafHash(byte[] canonical) {
        return MerkleHash.leaf(canonical);
    }

    private static Bytes32 bytes32(ByteBuffer in) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        in.get(bytes);
        return Bytes32.of(bytes);
    }

    private static long uint63(ByteBuffer in, String field) throws MalformedRecordException {
        long value = in.getLong();
        if (value < 0) {
            throw new MalformedRecordException("a " + field + " below 2^63", Long.toUnsignedString(value));
        }
        return value;
    }

    private static long uint40(ByteBuffer in) {
        return Byte.toUnsignedLong(in.get()) << 32 | Integer.toUnsignedLong(in.getInt());
    }

    private static BigInteger uint96(ByteBuffer in) {
        byte[] magnitude = new byte[UINT96_BYTES];
        in.get(magnitude);
        return new BigInteger(1, magnitude);
    }

    private static void putUint40(ByteBuffer out, long value) {
        out.put((byte) (value >>> 32));
        out.putInt((int) value);
    }

    private static void putUint96(ByteBuffer out, BigInteger value) {
        out.put(AbiWords.bytes(value, UINT96_BYTES));
    }
}
