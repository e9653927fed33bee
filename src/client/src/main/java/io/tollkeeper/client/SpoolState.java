package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a spool holds: a pure function of its entries.
 *
 * @param newest the newest reading ever taken, sent or not
 * @param branch the branch of the next record
 * @param offset what is added to a reading's counters to get a record's: not zero after a lost spool or a fork
 * @param branchBase counters of the record after which the branch began: where it may have forked from another
 * @param merged digests of records of other branches whose use is already contained in {@code offset}
 * @param stopped why nothing is signed any more
 * @param floor the newest anchored record (or an adopted one), in full; a server that knows nothing is shown it first
 * @param floorProof its proof, an encoded {@code tollkeeper.v1.AnchorProof}; empty for an adopted record
 * @param signed records behind the floor, dense by seq, not proven anchored
 * @param unsent readings that have no number yet, by ascending id
 */
public record SpoolState(
        Optional<Reading> newest,
        long branch,
        Counters offset,
        Counters branchBase,
        List<Bytes32> merged,
        Optional<String> stopped,
        Optional<SpooledRecord> floor,
        Optional<ByteString> floorProof,
        List<SpooledRecord> signed,
        List<Reading> unsent) {
    static final SpoolState EMPTY = new SpoolState(
            Optional.empty(),
            1,
            Counters.NONE,
            Counters.NONE,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of());

    private static final int MERGED_KEPT_MAX = 64;

    public SpoolState {
        merged = List.copyOf(merged);
        signed = List.copyOf(signed);
        unsent = List.copyOf(unsent);
        for (var i = 1; i < signed.size(); i++) {
            if (signed.get(i).seq() != signed.get(i - 1).seq() + 1) {
                throw new IllegalArgumentException("expected dense numbers, actual "
                        + signed.get(i - 1).seq() + " before " + signed.get(i).seq());
            }
        }
    }

    /** The newest record, the predecessor of the next one. */
    public Optional<SpooledRecord> head() {
        return signed.isEmpty() ? floor : Optional.of(signed.getLast());
    }

    /** Records that no node has acknowledged. */
    public List<SpooledRecord> unacknowledged() {
        return signed.stream().filter(record -> record.ack().isEmpty()).toList();
    }

    /** Whether {@code digest} is a record that this spool holds or has merged. */
    boolean knows(Bytes32 digest) {
        return merged.contains(digest)
                || floor.filter(record -> record.digest().equals(digest)).isPresent()
                || signed.stream().anyMatch(record -> record.digest().equals(digest));
    }

    /** The counters of this client's own count up to now, which the next session goes on from. */
    Counters local() {
        return newest.map(Reading::counters).orElse(Counters.NONE);
    }

    /** The entries that make this state out of {@link #EMPTY}. */
    List<SpoolEntry> snapshot() {
        var entries = new ArrayList<SpoolEntry>();
        entries.add(new SpoolEntry.Meta(newest, branch, offset, branchBase, merged, stopped));
        floor.ifPresent(record -> entries.add(new SpoolEntry.Floor(record.signed(), floorProof)));
        for (var record : signed) {
            entries.add(new SpoolEntry.Signed(record.signed(), record.readingId(), record.refusals()));
            record.ack().ifPresent(ack -> entries.add(new SpoolEntry.Acknowledged(record.digest(), ack)));
        }
        unsent.forEach(reading -> entries.add(new SpoolEntry.Taken(reading)));
        entries.add(new SpoolEntry.SnapshotEnd());
        return List.copyOf(entries);
    }

    SpoolState apply(SpoolEntry entry, SigningDomain domain) {
        return switch (entry) {
            case SpoolEntry.Meta meta ->
                new SpoolState(
                        meta.newest(),
                        meta.branch(),
                        meta.offset(),
                        meta.branchBase(),
                        meta.merged(),
                        meta.stopped(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of());
            case SpoolEntry.Floor(SignedRecord record, Optional<ByteString> proof) ->
                withRecords(Optional.of(spooled(record, 0, 0, domain)), proof, signed, unsent);
            case SpoolEntry.SnapshotEnd _ -> this;
            case SpoolEntry.Taken(Reading reading) -> taken(reading);
            case SpoolEntry.Signed(SignedRecord record, long readingId, int refusals) ->
                withRecords(
                        floor,
                        floorProof,
                        append(signed, spooled(record, readingId, refusals, domain)),
                        unsent.stream()
                                .filter(reading -> reading.id() > readingId)
                                .toList());
            case SpoolEntry.Acknowledged(Bytes32 digest, Ack ack) ->
                withRecords(
                        floor,
                        floorProof,
                        signed.stream()
                                .map(record -> record.digest().equals(digest) ? record.with(ack) : record)
                                .toList(),
                        unsent);
            case SpoolEntry.Anchored(Bytes32 digest, ByteString proof) -> anchored(digest, proof);
            case SpoolEntry.Adopted adopted -> adopted(adopted, domain);
            case SpoolEntry.Rebranched rebranched -> rebranched(rebranched);
            case SpoolEntry.Stopped(String why) ->
                new SpoolState(
                        newest,
                        branch,
                        offset,
                        branchBase,
                        merged,
                        Optional.of(why),
                        floor,
                        floorProof,
                        signed,
                        unsent);
        };
    }

    /** This state with the never-sent readings of each session merged into its newest, for a spool that is full. */
    SpoolState compacted() {
        var result = new ArrayList<Reading>();
        for (var reading : unsent) {
            mergeOnto(result, reading.withoutBoundary());
        }
        return withRecords(floor, floorProof, signed, result);
    }

    private SpoolState taken(Reading reading) {
        var readings = new ArrayList<>(unsent);
        mergeOnto(readings, reading);
        var isNewest = newest.isEmpty() || newest.get().id() < reading.id();
        return new SpoolState(
                isNewest ? Optional.of(reading) : newest,
                branch,
                offset,
                branchBase,
                merged,
                stopped,
                floor,
                floorProof,
                signed,
                readings);
    }

    private static void mergeOnto(List<Reading> readings, Reading newer) {
        if (!readings.isEmpty() && readings.getLast().mergesInto(newer)) {
            readings.removeLast();
        }
        readings.add(newer);
    }

    private SpoolState anchored(Bytes32 digest, ByteString proof) {
        for (var i = 0; i < signed.size(); i++) {
            if (signed.get(i).digest().equals(digest)) {
                return withRecords(
                        Optional.of(signed.get(i)), Optional.of(proof), signed.subList(i + 1, signed.size()), unsent);
            }
        }
        if (floor.filter(record -> record.digest().equals(digest)).isPresent()) {
            return withRecords(floor, Optional.of(proof), signed, unsent);
        }
        return this;
    }

    private SpoolState adopted(SpoolEntry.Adopted adopted, SigningDomain domain) {
        var record = spooled(adopted.signed(), 0, 0, domain);
        var readings = new ArrayList<Reading>();
        if (!signed.isEmpty()) {
            mergeOnto(readings, readingOf(signed.getLast(), false));
        }
        unsent.forEach(reading -> mergeOnto(readings, reading));
        var known = new ArrayList<>(merged);
        signed.forEach(ours -> known.add(ours.digest()));
        return new SpoolState(
                newest,
                adopted.branch(),
                adopted.offset(),
                countersOf(record),
                lastOf(known),
                stopped,
                Optional.of(record),
                Optional.empty(),
                List.of(),
                readings);
    }

    private SpoolState rebranched(SpoolEntry.Rebranched change) {
        var kept = signed.stream()
                .filter(record -> record.seq() < change.fromSeq())
                .toList();
        var readings = new ArrayList<Reading>();
        for (var record : signed) {
            if (record.seq() >= change.fromSeq()) {
                mergeOnto(readings, readingOf(record, change.refused() && record.seq() == change.fromSeq()));
            }
        }
        unsent.forEach(reading -> mergeOnto(readings, reading));
        var known = new ArrayList<>(merged);
        change.merged().ifPresent(known::add);
        var predecessor = kept.isEmpty() ? floor : Optional.of(kept.getLast());
        return new SpoolState(
                newest,
                change.branch(),
                change.offset(),
                predecessor.map(SpoolState::countersOf).orElse(Counters.NONE),
                lastOf(known),
                stopped,
                floor,
                floorProof,
                kept,
                readings);
    }

    /** A signed record as the reading that it was made of; it stays a record of its own. */
    private Reading readingOf(SpooledRecord record, boolean refused) {
        var body = record.record().body();
        return new Reading(
                record.readingId(),
                body.sessionNumber(),
                body.sessionStart(),
                record.record().kind() == RecordKind.CLOSE
                        ? RecordKind.INTERIM
                        : record.record().kind(),
                record.record().asOf(),
                true,
                countersOf(record).riseSince(offset),
                record.refusals() + (refused ? 1 : 0));
    }

    static Counters countersOf(SpooledRecord record) {
        return Counters.fromProtocol(record.record().body().counters());
    }

    private static List<Bytes32> lastOf(List<Bytes32> digests) {
        return digests.subList(Math.max(0, digests.size() - MERGED_KEPT_MAX), digests.size());
    }

    private static SpooledRecord spooled(SignedRecord signed, long readingId, int refusals, SigningDomain domain) {
        return new SpooledRecord(signed, domain.digest(signed.record()), readingId, refusals, Optional.empty());
    }

    private SpoolState withRecords(
            Optional<SpooledRecord> newFloor,
            Optional<ByteString> newProof,
            List<SpooledRecord> newSigned,
            List<Reading> newUnsent) {
        return new SpoolState(
                newest, branch, offset, branchBase, merged, stopped, newFloor, newProof, newSigned, newUnsent);
    }

    private static List<SpooledRecord> append(List<SpooledRecord> records, SpooledRecord record) {
        var result = new ArrayList<>(records);
        result.add(record);
        return result;
    }
}
