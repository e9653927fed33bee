package io.tollkeeper.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What an anchor carries in FULL mode: the newest record of each agreement touched since the anchor before, so that any
 * chain node can tell counters and amounts. Rows follow one another without anything between them; each is
 *
 * <pre>
 *   offset  bytes  field
 *        0      2  n          length of the record, big-endian, from 183 to 2999
 *        2      n  record     canonical bytes, see {@link CanonicalRecord}
 *      2+n     64  signature  EIP-2098, see {@link Signature}
 * </pre>
 */
public final class AnchorRows {
    private AnchorRows() {}

    /** The rows' bytes; none for no records. */
    public static byte[] encode(List<SignedRecord> rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (SignedRecord row : rows) {
            byte[] canonical = CanonicalRecord.encode(row.record());
            out.write(canonical.length >>> 8);
            out.write(canonical.length);
            out.writeBytes(canonical);
            out.writeBytes(row.signature().toByteArray());
        }
        return out.toByteArray();
    }

    /** The records of the rows. Signatures are not checked. */
    public static List<SignedRecord> decode(byte[] rows) throws MalformedRecordException {
        List<SignedRecord> records = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(rows);
        while (in.hasRemaining()) {
            int start = in.position();
            if (in.remaining() < Short.BYTES) {
                throw new MalformedRecordException("a row's length of 2 bytes at " + start, in.remaining() + " byte");
            }
            int length = Short.toUnsignedInt(in.getShort());
            if (in.remaining() < length + Signature.LENGTH) {
                throw new MalformedRecordException(
                        "%d bytes of record and signature in the row at %d".formatted(length + Signature.LENGTH, start),
                        in.remaining() + " bytes");
            }
            byte[] canonical = new byte[length];
            in.get(canonical);
            byte[] signature = new byte[Signature.LENGTH];
            in.get(signature);
            records.add(new SignedRecord(CanonicalRecord.decode(canonical), Signature.of(signature)));
        }
        return List.copyOf(records);
    }

    /** The anchor's {@code dataHash}: Keccak-256 of the rows; zero where there are none, as in DIGEST mode. */
    public static Bytes32 dataHash(byte[] rows) {
        return rows.length == 0 ? Bytes32.ZERO : Keccak.hash(rows);
    }
}
