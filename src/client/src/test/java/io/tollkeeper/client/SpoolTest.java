package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final Spool.Limits SMALL = new Spool.Limits(4_096, 1 << 20);
    private static final ByteString PROOF = ByteString.copyFromUtf8("proof");
    /** Signing is not what is tested here, and slow in a loop. */
    private static final SignedRecord SIGNED =
            Fixture.sign(SpoolState.EMPTY, Fixture.reading(1, RecordKind.START, 1, 0));

    private static SignedRecord next(SpoolState state, Reading reading) {
        return new SignedRecord(Fixture.maker().next(state, reading), SIGNED.signature());
    }

    private static Reading reading(SpoolState state, Random random) {
        var before = state.newest();
        var id = before.map(Reading::id).orElse(0L) + 1;
        var seconds = state.local().get(new Counters.Key(Fixture.TIME, 0)) + random.nextInt(3);
        var kind = id == 1 ? RecordKind.START : RecordKind.INTERIM;
        return new Reading(id, 1, 1_000, kind, 1_000 + id, random.nextInt(4) == 0, Fixture.seconds(seconds), 0);
    }

    private static SpoolState withoutAcks(SpoolState state) {
        return new SpoolState(
                state.newest(),
                state.branch(),
                state.offset(),
                state.branchBase(),
                state.merged(),
                state.stopped(),
                state.floor().map(SpoolTest::withoutAck),
                state.floorProof(),
                state.signed().stream().map(SpoolTest::withoutAck).toList(),
                state.unsent());
    }

    /** A floor's reading and acknowledgement are of no use any more and not kept. */
    private static SpooledRecord withoutAck(SpooledRecord record) {
        return new SpooledRecord(record.signed(), record.digest(), 0, 0, Optional.empty());
    }

    private interface Change {
        void make() throws IOException;
    }

    @RepeatedTest(40)
    void whatIsOnTheDiskSurvivesEveryCrash() throws IOException {
        var seed = Seeds.next("whatIsOnTheDiskSurvivesEveryCrash");
        var random = new Random(seed);
        var disk = new FaultyDisk(random);
        var spool = Spool.open(disk, Fixture.DOMAIN, SMALL);
        for (var life = 0; life < 8; life++) {
            disk.failWithProbability(random.nextBoolean() ? 0 : 0.05);
            var possible = new HashSet<>(Set.of(withoutAcks(spool.state())));
            var steps = random.nextInt(60);
            for (var step = 0; step < steps; step++) {
                var state = spool.state();
                var change = changeOf(spool, state, random);
                var attempted = withoutAcks(afterOn(change.expected, state));
                try {
                    change.change.make();
                    possible.clear();
                    possible.add(withoutAcks(spool.state()));
                    assertThat(possible.contains(attempted)).isTrue();
                } catch (IOException _) {
                    // The caller was told that it may not be there; it may all the same.
                    possible.add(withoutAcks(spool.state()));
                    possible.add(attempted);
                }
            }
            disk.failWithProbability(0);
            disk.crash();
            spool = Spool.open(disk, Fixture.DOMAIN, SMALL);
            assertThat(possible.contains(withoutAcks(spool.state())))
                    .as("life %d: the disk shows a state that was promised or attempted", life)
                    .isTrue();
        }
    }

    private record Planned(Change change, Optional<SpoolEntry> expected) {}

    private static SpoolState afterOn(Optional<SpoolEntry> entry, SpoolState state) {
        return entry.map(it -> state.apply(it, Fixture.DOMAIN)).orElse(state);
    }

    private static Planned changeOf(Spool spool, SpoolState state, Random random) {
        var choice = random.nextInt(10);
        if (choice < 3 && !state.unsent().isEmpty()) {
            var reading = state.unsent().getFirst();
            var signed = next(state, reading);
            return new Planned(
                    () -> spool.sign(signed, reading.id(), 0),
                    Optional.of(new SpoolEntry.Signed(signed, reading.id(), 0)));
        }
        if (choice == 3 && !state.signed().isEmpty()) {
            var digest =
                    state.signed().get(random.nextInt(state.signed().size())).digest();
            return new Planned(
                    () -> spool.acknowledge(digest, new Ack("http://a:1", 5, false, 7, PROOF)), Optional.empty());
        }
        if (choice == 4 && !state.signed().isEmpty()) {
            var digest =
                    state.signed().get(random.nextInt(state.signed().size())).digest();
            return new Planned(
                    () -> spool.anchored(digest, PROOF), Optional.of(new SpoolEntry.Anchored(digest, PROOF)));
        }
        if (choice == 5 && random.nextInt(4) == 0 && !state.signed().isEmpty()) {
            var from = state.signed().getLast().seq();
            return new Planned(
                    () -> spool.rebranch(from, state.branch() + 1, state.offset(), true, Optional.empty()),
                    Optional.of(new SpoolEntry.Rebranched(
                            from, state.branch() + 1, state.offset(), true, Optional.empty())));
        }
        var reading = reading(state, random);
        return new Planned(() -> spool.take(reading), Optional.of(new SpoolEntry.Taken(reading)));
    }

    @Test
    void aSnapshotSaysAllOfAState() throws IOException {
        var random = new Random(Seeds.next("aSnapshotSaysAllOfAState"));
        var spool = Spool.open(new FaultyDisk(random), Fixture.DOMAIN, SMALL);
        for (var i = 0; i < 200; i++) {
            changeOf(spool, spool.state(), random).change.make();
            var again = SpoolState.EMPTY;
            for (var entry : spool.state().snapshot()) {
                var decoded = SpoolCodec.decode(SpoolCodec.MAGIC
                        .concat(ByteString.copyFrom(SpoolCodec.frame(entry)))
                        .toByteArray());
                assertThat(decoded.entries()).containsExactly(entry);
                again = again.apply(decoded.entries().getFirst(), Fixture.DOMAIN);
            }
            assertThat(withoutAcks(again)).isEqualTo(withoutAcks(spool.state()));
            assertThat(again.signed()).isEqualTo(spool.state().signed());
        }
    }

    @Test
    void aTornTailIsCutAndNeverARefusalToStart(@TempDir Path folder) throws IOException {
        try (var spool = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
            spool.take(Fixture.reading(1, RecordKind.START, 1_000, 0));
        }
        var segment = segment(folder);
        var whole = Files.readAllBytes(segment);
        for (var cut = 1; cut < 40; cut += 3) {
            Files.write(segment, whole);
            try (var spool = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
                spool.take(Fixture.reading(2, RecordKind.STOP, 1_001, 1));
            }
            var longer = Files.readAllBytes(segment(folder));
            Files.write(segment(folder), java.util.Arrays.copyOf(longer, longer.length - cut));
            try (var spool = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
                assertThat(spool.state().unsent()).hasSize(1);
                assertThat(spool.recovered().tornBytes()).isPositive();
                assertThat(spool.recovered().fresh()).isFalse();
            }
            for (var name : List.of(segment(folder))) {
                Files.delete(name);
            }
        }
    }

    @Test
    void garbageInPlaceOfASpoolIsAnEmptySpool(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("00000000000000000007.spool"), "no spool at all, but long enough for one");
        try (var spool = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
            assertThat(spool.state()).isEqualTo(SpoolState.EMPTY);
            assertThat(spool.recovered().fresh()).isTrue();
        }
    }

    @Test
    void aSecondProcessIsKeptOut(@TempDir Path folder) throws IOException {
        try (var _ = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
            assertThatThrownBy(() -> Spool.open(folder, Fixture.DOMAIN, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no other process");
        }
    }

    @Test
    void trimmingKeepsTheAnchoredRecordInFullAndAllBehindIt() throws IOException {
        var spool = Spool.open(new FaultyDisk(new Random(1)), Fixture.DOMAIN, SMALL);
        var digests = new java.util.ArrayList<Bytes32>();
        for (var i = 1; i <= 5; i++) {
            var reading = Fixture.reading(i, i == 1 ? RecordKind.START : RecordKind.INTERIM, 1_000 + i, i);
            spool.take(reading);
            digests.add(spool.sign(next(spool.state(), reading), i, 0).digest());
        }
        spool.anchored(digests.get(2), PROOF);
        assertThat(spool.state().floor().orElseThrow().digest()).isEqualTo(digests.get(2));
        assertThat(spool.state().floor().orElseThrow().record().body().counters())
                .isNotEmpty();
        assertThat(spool.state().signed().stream().map(SpooledRecord::digest))
                .containsExactly(digests.get(3), digests.get(4));
        // An older proof that comes late changes nothing.
        spool.anchored(digests.get(0), PROOF);
        assertThat(spool.state().floor().orElseThrow().digest()).isEqualTo(digests.get(2));
    }

    @Test
    void manyReadingsAndRecordsLeaveASmallFolder(@TempDir Path folder) throws IOException {
        try (var spool = Spool.open(folder, Fixture.DOMAIN, SMALL)) {
            for (var i = 1; i <= 300; i++) {
                var reading = Fixture.reading(i, i == 1 ? RecordKind.START : RecordKind.INTERIM, 1_000 + i, i);
                spool.take(reading);
                var record = spool.sign(next(spool.state(), reading), i, 0);
                spool.acknowledge(record.digest(), new Ack("http://a:1", 5, false, i, PROOF));
                spool.anchored(record.digest(), PROOF);
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(3 * SMALL.segmentBytes());
        }
    }

    @Test
    void aFullSpoolMergesReadingsAndNumbersNothingNew() throws IOException {
        var limits = new Spool.Limits(2_048, 6_000);
        var spool = Spool.open(new FaultyDisk(new Random(1)), Fixture.DOMAIN, limits);
        var numberer = new Numberer(spool, Fixture.maker(), Fixture.KEY, Fixture.DOMAIN, Journal.NONE);
        for (var i = 1; i <= 400; i++) {
            spool.take(new Reading(
                    i,
                    1,
                    1_000,
                    i == 1 ? RecordKind.START : RecordKind.INTERIM,
                    1_000 + i,
                    i % 3 == 0,
                    Fixture.seconds(i),
                    0));
            if (i % 5 == 0) {
                numberer.numberUpTo(1);
            }
        }
        assertThat(spool.full()).isTrue();
        assertThat(spool.bytes()).isLessThan(2 * limits.bytesMax());
        assertThat(spool.state().unsent().size()).isLessThan(5);
        assertThat(spool.state().local()).isEqualTo(Fixture.seconds(400));
        var signed = spool.state().signed().size();
        numberer.numberUpTo(10);
        assertThat(spool.state().signed()).hasSize(signed);
        // Once the chain has what was signed, it goes on, and nothing that was measured is lost.
        spool.anchored(spool.state().signed().getLast().digest(), PROOF);
        numberer.numberUpTo(10);
        assertThat(spool.state().unsent()).isEmpty();
        assertThat(SpoolState.countersOf(spool.state().head().orElseThrow())).isEqualTo(Fixture.seconds(400));
    }

    private static Path segment(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".spool"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
