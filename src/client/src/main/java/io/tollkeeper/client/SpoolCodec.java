package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment: {@link #MAGIC}, then frames, big-endian. A file ends where its last whole frame ends; what
 * follows is a torn tail.
 *
 * <pre>
 *   offset  bytes  field
 *        0      4  length of the payload, at least 1
 *        4      4  crc32c over length and payload
 *        8      n  payload: one byte of type, then the entry's fields
 * </pre>
 *
 * The length is under the checksum too, so that a torn length never makes garbage look like a long frame.
 */
final class SpoolCodec {
    static final ByteString MAGIC = ByteString.copyFromUtf8("TKSPOOL1");
    static final int HEADER_BYTES = 8;
    private static final int FRAME_BYTES_MAX = 1 << 24;

    /** Entries of a segment and the length up to which it is whole. */
    record Decoded(List<SpoolEntry> entries, long wholeBytes) {}

    private SpoolCodec() {}

    static byte[] frame(SpoolEntry entry) {
        var payload = payload(entry);
        var frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
        frame.putInt(payload.length).putInt(checksum(payload)).put(payload);
        return frame.array();
    }

    static Decoded decode(byte[] segment) {
        var entries = new ArrayList<SpoolEntry>();
        if (segment.length < MAGIC.size() || !MAGIC.equals(ByteString.copyFrom(segment, 0, MAGIC.size()))) {
            return new Decoded(List.of(), 0);
        }
        var at = MAGIC.size();
        while (segment.length - at > HEADER_BYTES) {
            var header = ByteBuffer.wrap(segment, at, HEADER_BYTES);
            var length = header.getInt();
            var expected = header.getInt();
            if (length < 1 || length > FRAME_BYTES_MAX || length > segment.length - at - HEADER_BYTES) {
                break;
            }
            var payload = new byte[length];
            System.arraycopy(segment, at + HEADER_BYTES, payload, 0, length);
            if (checksum(payload) != expected) {
                break;
            }
            try {
                entries.add(entry(payload));
            } catch (IOException | MalformedRecordException | RuntimeException _) {
                break;
            }
            at += HEADER_BYTES + length;
        }
        return new Decoded(List.copyOf(entries), at);
    }

    private static int checksum(byte[] payload) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, payload.length));
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static byte[] payload(SpoolEntry entry) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            switch (entry) {
                case SpoolEntry.Meta meta -> {
                    out.writeByte(1);
                    out.writeBoolean(meta.newest().isPresent());
                    if (meta.newest().isPresent()) {
                        write(out, meta.newest().get());
                    }
                    out.writeLong(meta.branch());
                    write(out, meta.offset());
                    write(out, meta.branchBase());
                    out.writeInt(meta.merged().size());
                    for (var digest : meta.merged()) {
                        out.write(digest.toByteArray());
                    }
                    write(out, meta.stopped().map(ByteString::copyFromUtf8));
                }
                case SpoolEntry.Floor(SignedRecord signed, Optional<ByteString> proof) -> {
                    out.writeByte(2);
                    write(out, signed);
                    write(out, proof);
                }
                case SpoolEntry.SnapshotEnd _ -> out.writeByte(3);
                case SpoolEntry.Taken(Reading reading) -> {
                    out.writeByte(4);
                    write(out, reading);
                }
                case SpoolEntry.Signed(SignedRecord signed, long readingId, int refusals) -> {
                    out.writeByte(5);
                    write(out, signed);
                    out.writeLong(readingId);
                    out.writeInt(refusals);
                }
                case SpoolEntry.Acknowledged(Bytes32 digest, Ack ack) -> {
                    out.writeByte(6);
                    out.write(digest.toByteArray());
                    write(out, ByteString.copyFromUtf8(ack.server()));
                    out.writeLong(ack.atUnixMillis());
                    out.writeBoolean(ack.duplicate());
                    out.writeLong(ack.position());
                    write(out, ack.receipt());
                }
                case SpoolEntry.Anchored(Bytes32 digest, ByteString proof) -> {
                    out.writeByte(7);
                    out.write(digest.toByteArray());
                    write(out, proof);
                }
                case SpoolEntry.Adopted(SignedRecord signed, Counters offset, long branch) -> {
                    out.writeByte(8);
                    write(out, signed);
                    write(out, offset);
                    out.writeLong(branch);
                }
                case SpoolEntry.Rebranched change -> {
                    out.writeByte(9);
                    out.writeLong(change.fromSeq());
                    out.writeLong(change.branch());
                    write(out, change.offset());
                    out.writeBoolean(change.refused());
                    write(out, change.merged().map(digest -> ByteString.copyFrom(digest.toByteArray())));
                }
                case SpoolEntry.Stopped(String why) -> {
                    out.writeByte(10);
                    write(out, ByteString.copyFromUtf8(why));
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static SpoolEntry entry(byte[] payload) throws IOException, MalformedRecordException {
        try (var in = new DataInputStream(new ByteArrayInputStream(payload))) {
            var type = in.readByte();
            return switch (type) {
                case 1 -> meta(in);
                case 2 -> new SpoolEntry.Floor(readSigned(in), readOptional(in));
                case 3 -> new SpoolEntry.SnapshotEnd();
                case 4 -> new SpoolEntry.Taken(readReading(in));
                case 5 -> new SpoolEntry.Signed(readSigned(in), in.readLong(), in.readInt());
                case 6 ->
                    new SpoolEntry.Acknowledged(
                            readHash(in),
                            new Ack(
                                    readBytes(in).toString(StandardCharsets.UTF_8),
                                    in.readLong(),
                                    in.readBoolean(),
                                    in.readLong(),
                                    readBytes(in)));
                case 7 -> new SpoolEntry.Anchored(readHash(in), readBytes(in));
                case 8 -> new SpoolEntry.Adopted(readSigned(in), readCounters(in), in.readLong());
                case 9 ->
                    new SpoolEntry.Rebranched(
                            in.readLong(),
                            in.readLong(),
                            readCounters(in),
                            in.readBoolean(),
                            readOptional(in).map(bytes -> Bytes32.of(bytes.toByteArray())));
                case 10 -> new SpoolEntry.Stopped(readBytes(in).toString(StandardCharsets.UTF_8));
                default -> throw new IOException("expected an entry of type 1 to 10, actual " + type);
            };
        }
    }

    private static SpoolEntry meta(DataInputStream in) throws IOException {
        Optional<Reading> newest = in.readBoolean() ? Optional.of(readReading(in)) : Optional.empty();
        var branch = in.readLong();
        var offset = readCounters(in);
        var branchBase = readCounters(in);
        var merged = new ArrayList<Bytes32>();
        var count = in.readInt();
        for (var i = 0; i < count; i++) {
            merged.add(readHash(in));
        }
        var stopped = readOptional(in).map(bytes -> bytes.toString(StandardCharsets.UTF_8));
        return new SpoolEntry.Meta(newest, branch, offset, branchBase, merged, stopped);
    }

    private static void write(DataOutputStream out, ByteString bytes) throws IOException {
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }

    private static ByteString readBytes(DataInputStream in) throws IOException {
        var length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("expected at most " + in.available() + " bytes, actual " + length);
        }
        return ByteString.copyFrom(in.readNBytes(length));
    }

    private static void write(DataOutputStream out, Optional<ByteString> bytes) throws IOException {
        out.writeBoolean(bytes.isPresent());
        if (bytes.isPresent()) {
            write(out, bytes.get());
        }
    }

    private static Optional<ByteString> readOptional(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(readBytes(in)) : Optional.empty();
    }

    private static Bytes32 readHash(DataInputStream in) throws IOException {
        return Bytes32.of(in.readNBytes(Bytes32.LENGTH));
    }

    private static void write(DataOutputStream out, SignedRecord signed) throws IOException {
        var canonical = CanonicalRecord.encode(signed.record());
        out.writeInt(canonical.length);
        out.write(canonical);
        out.write(signed.signature().toByteArray());
    }

    private static SignedRecord readSigned(DataInputStream in) throws IOException, MalformedRecordException {
        var canonical = readBytes(in).toByteArray();
        return new SignedRecord(CanonicalRecord.decode(canonical), Signature.of(in.readNBytes(Signature.LENGTH)));
    }

    private static void write(DataOutputStream out, Counters counters) throws IOException {
        out.writeInt(counters.values().size());
        for (var counter : counters.values().entrySet()) {
            out.writeInt(counter.getKey().meterId());
            out.writeInt(counter.getKey().band());
            out.writeLong(counter.getValue());
        }
    }

    private static Counters readCounters(DataInputStream in) throws IOException {
        var values = new TreeMap<Counters.Key, Long>();
        var count = in.readInt();
        for (var i = 0; i < count; i++) {
            values.put(new Counters.Key(in.readInt(), in.readInt()), in.readLong());
        }
        return new Counters(values);
    }

    private static void write(DataOutputStream out, Reading reading) throws IOException {
        out.writeLong(reading.id());
        out.writeLong(reading.sessionNumber());
        out.writeLong(reading.sessionStartSeconds());
        out.writeByte(reading.kind().code());
        out.writeLong(reading.asOfSeconds());
        out.writeBoolean(reading.boundary());
        write(out, reading.counters());
        out.writeInt(reading.refusals());
    }

    private static Reading readReading(DataInputStream in) throws IOException {
        return new Reading(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readKind(in),
                in.readLong(),
                in.readBoolean(),
                readCounters(in),
                in.readInt());
    }

    private static RecordKind readKind(DataInputStream in) throws IOException {
        var code = in.readByte();
        return RecordKind.ofCode(code).orElseThrow(() -> new IOException("expected a kind of record, actual " + code));
    }
}
