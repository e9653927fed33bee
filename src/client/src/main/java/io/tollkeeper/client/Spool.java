package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a client must not lose, on its disk: readings first, then the numbered and signed records. Each method
 * that changes it returns when the change is on the disk.
 *
 * <p>A segment begins by repeating the whole state, so that the ones before it can go: trimming is rolling to the next
 * segment. On start the newest segment whose repetition is whole counts, its torn tail is cut, and nothing that the disk
 * holds keeps the client from starting.
 */
public final class Spool implements Closeable {
    /**
     * @param segmentBytes a segment longer than this, and twice as long as its own state, is rolled
     * @param bytesMax above this never-sent readings of a session merge into its newest; nothing new is numbered while
     *     what is signed and not anchored is as much
     */
    public record Limits(long segmentBytes, long bytesMax) {
        public static final Limits DEFAULT = new Limits(256 * 1024, 64L * 1024 * 1024);
    }

    /** What was found on the disk when the spool was opened. */
    public record Recovered(boolean fresh, long tornBytes, int segmentsDropped) {}

    private static final System.Logger LOG = System.getLogger(Spool.class.getName());

    private final SpoolStorage storage;
    private final SigningDomain domain;
    private final Limits limits;
    private final Recovered recovered;
    private SpoolState state;
    private long segmentNumber;
    private long segmentLength;
    private long stateLength;
    private SpoolStorage.@Nullable AppendFile segment;
    private boolean closed;

    private Spool(SpoolStorage storage, SigningDomain domain, Limits limits) throws IOException {
        this.storage = storage;
        this.domain = domain;
        this.limits = limits;
        this.state = SpoolState.EMPTY;
        this.recovered = recover();
    }

    public static Spool open(Path folder, SigningDomain domain, Limits limits) throws IOException {
        return open(new FileStorage(folder), domain, limits);
    }

    static Spool open(SpoolStorage storage, SigningDomain domain, Limits limits) throws IOException {
        return new Spool(storage, domain, limits);
    }

    public synchronized SpoolState state() {
        return state;
    }

    public Recovered recovered() {
        return recovered;
    }

    /** Bytes of the state that the spool holds now. */
    public synchronized long bytes() {
        return stateLength;
    }

    /** Whether so much is signed and not anchored that nothing new is numbered. */
    public synchronized boolean full() {
        return stateLength > limits.bytesMax();
    }

    synchronized void take(Reading reading) throws IOException {
        append(List.of(new SpoolEntry.Taken(reading)));
        if (stateLength > limits.bytesMax()) {
            state = state.compacted();
            stateLength = length(state.snapshot());
        }
    }

    synchronized SpooledRecord sign(SignedRecord signed, long readingId, int refusals) throws IOException {
        append(List.of(new SpoolEntry.Signed(signed, readingId, refusals)));
        return state.signed().getLast();
    }

    /** An acknowledgement that is lost costs one more send, so it is not forced to the disk by itself. */
    synchronized void acknowledge(Bytes32 digest, Ack ack) throws IOException {
        append(List.of(new SpoolEntry.Acknowledged(digest, ack)), false);
    }

    synchronized void anchored(Bytes32 digest, ByteString proof) throws IOException {
        append(List.of(new SpoolEntry.Anchored(digest, proof)));
        rollIfLong();
    }

    synchronized void adopt(SignedRecord signed, Counters offset, long branch) throws IOException {
        append(List.of(new SpoolEntry.Adopted(signed, offset, branch)));
    }

    synchronized void rebranch(long fromSeq, long branch, Counters offset, boolean refused, Optional<Bytes32> merged)
            throws IOException {
        append(List.of(new SpoolEntry.Rebranched(fromSeq, branch, offset, refused, merged)));
    }

    synchronized void stop(String why) throws IOException {
        append(List.of(new SpoolEntry.Stopped(why)));
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (segment != null) {
            segment.force();
            segment.close();
            segment = null;
        }
        storage.close();
    }

    private void append(List<SpoolEntry> entries) throws IOException {
        append(entries, true);
    }

    private void append(List<SpoolEntry> entries, boolean force) throws IOException {
        if (closed) {
            throw new IOException("expected an open spool, actual: closed");
        }
        var next = state;
        for (var entry : entries) {
            next = next.apply(entry, domain);
        }
        if (segment == null) {
            // The last write failed, and what of it is on the disk is unknown: begin a segment that says it all.
            roll(next);
            return;
        }
        var open = segment;
        try {
            var length = 0;
            for (var entry : entries) {
                var frame = SpoolCodec.frame(entry);
                open.append(frame);
                length += frame.length;
            }
            if (force) {
                open.force();
            }
            segmentLength += length;
            stateLength += length;
            state = next;
        } catch (IOException failure) {
            abandonSegment(failure);
            throw failure;
        }
        rollIfLong();
    }

    private void rollIfLong() throws IOException {
        if (segmentLength > limits.segmentBytes() || stateLength > limits.bytesMax()) {
            stateLength = length(state.snapshot());
            if (segmentLength > 2 * stateLength) {
                roll(state);
            }
        }
    }

    /** Begins a new segment with all of {@code next}; the old ones go when it is on the disk. */
    private void roll(SpoolState next) throws IOException {
        var name = "%020d.spool".formatted(segmentNumber + 1);
        SpoolStorage.@Nullable AppendFile file = null;
        try {
            file = storage.create(name);
            var length = (long) SpoolCodec.MAGIC.size();
            file.append(SpoolCodec.MAGIC.toByteArray());
            for (var entry : next.snapshot()) {
                var frame = SpoolCodec.frame(entry);
                file.append(frame);
                length += frame.length;
            }
            file.force();
            storage.forceNames();
            var old = segment;
            segment = file;
            segmentNumber++;
            segmentLength = length;
            stateLength = length;
            state = next;
            if (old != null) {
                old.close();
            }
        } catch (IOException failure) {
            if (file != null && file != segment) {
                closeQuietly(file, failure);
            }
            // The new segment may be whole on the disk, and would count on the next start. So the old one is given up
            // too, and the number is spent: the next attempt supersedes both.
            segmentNumber++;
            abandonSegment(failure);
            throw failure;
        }
        deleteOthers(name);
    }

    /** What cannot be deleted now is deleted by the next roll; the newest whole segment counts anyway. */
    private void deleteOthers(String keep) {
        try {
            for (var name : storage.list()) {
                if (!name.equals(keep)) {
                    storage.delete(name);
                }
            }
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "an old segment of the spool stays: " + failure.getMessage());
        }
    }

    private void abandonSegment(IOException failure) {
        if (segment != null) {
            closeQuietly(segment, failure);
            segment = null;
        }
    }

    private static void closeQuietly(SpoolStorage.AppendFile file, IOException failure) {
        try {
            file.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private Recovered recover() throws IOException {
        var names = new ArrayList<>(storage.list());
        var torn = 0L;
        var dropped = 0;
        for (var name : names.reversed()) {
            segmentNumber = Math.max(segmentNumber, numberOf(name));
        }
        for (var name : names.reversed()) {
            var bytes = storage.read(name);
            var decoded = SpoolCodec.decode(bytes);
            if (decoded.entries().stream().noneMatch(SpoolEntry.SnapshotEnd.class::isInstance)) {
                torn += bytes.length;
                dropped++;
                continue;
            }
            torn += bytes.length - decoded.wholeBytes();
            state = replay(decoded.entries());
            // What follows goes into a segment of its own: the old one stays untouched until that is on the disk.
            roll(state);
            return new Recovered(false, torn, dropped);
        }
        roll(SpoolState.EMPTY);
        return new Recovered(true, torn, dropped);
    }

    private SpoolState replay(List<SpoolEntry> entries) {
        var result = SpoolState.EMPTY;
        for (var entry : entries) {
            try {
                result = result.apply(entry, domain);
            } catch (RuntimeException failure) {
                // Whole by its checksum and yet impossible: keep what came before it, never refuse to start.
                LOG.log(System.Logger.Level.ERROR, "the spool is cut before an entry that cannot be: " + failure);
                return result;
            }
        }
        return result;
    }

    private static long numberOf(String name) {
        try {
            return Long.parseLong(name.substring(0, name.indexOf('.')));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static long length(List<SpoolEntry> entries) {
        var length = (long) SpoolCodec.MAGIC.size();
        for (var entry : entries) {
            length += SpoolCodec.frame(entry).length;
        }
        return length;
    }
}
