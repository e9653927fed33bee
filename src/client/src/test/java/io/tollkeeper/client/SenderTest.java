package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.client.FakeNode.Mischief;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.ReportBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SenderTest {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);

    private final Path folder;
    private final ClientClock clock = ClientClock.system();
    private final List<FakeNode> nodes = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<AnchorProof> proofs = new ArrayList<>();
    private final GrpcNodes grpc = new GrpcNodes(CALL_TIMEOUT);
    private Spool spool;
    private ServerList servers;
    private Sender sender;
    private long readings;

    SenderTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        for (var i = 1; i <= 3; i++) {
            nodes.add(new FakeNode(i));
        }
        this.spool = Spool.open(folder, Fixture.DOMAIN, Spool.Limits.DEFAULT);
        this.servers = list();
        this.sender = sender();
    }

    /** The first call of a JVM takes long, and is nobody's failure. */
    @BeforeAll
    static void warmUp() throws Exception {
        try (var node = new FakeNode(9);
                var patient = new GrpcNodes(Duration.ofSeconds(20))) {
            assertThat(patient.status(node.url()).getAccepting()).isTrue();
        }
    }

    @BeforeEach
    void start() throws IOException {
        take(RecordKind.START, 0);
    }

    @AfterEach
    void stop() throws Exception {
        grpc.close();
        spool.close();
        for (var node : nodes) {
            node.close();
        }
    }

    private ServerList list() {
        return new ServerList(nodes.stream().map(FakeNode::url).toList(), List.of(), clock, new Random(1));
    }

    private Sender sender() {
        return new Sender(
                Fixture.AGREEMENT,
                Fixture.DOMAIN,
                spool,
                new Numberer(spool, Fixture.maker(), Fixture.KEY, Fixture.DOMAIN, Journal.NONE),
                servers,
                grpc,
                new Receipts(Fixture.DOMAIN),
                Journal.NONE,
                (_, proof) -> proofs.add(proof),
                clock,
                new Random(1),
                (what, detail) -> events.add(what + ": " + detail));
    }

    /** The process ends and starts again with what is on the disk. */
    private void restart() throws IOException {
        spool.close();
        spool = Spool.open(folder, Fixture.DOMAIN, Spool.Limits.DEFAULT);
        servers = list();
        sender = sender();
    }

    private void take(RecordKind kind, long seconds) throws IOException {
        readings++;
        spool.take(Fixture.reading(readings, kind, 1_000 + readings, seconds));
    }

    private FakeNode node(int number) {
        return nodes.get(number - 1);
    }

    private ServerList.State stateOf(FakeNode node) {
        return servers.stateOf(node.url()).orElseThrow();
    }

    /** Steps until all that was taken is acknowledged. */
    private void deliver() throws IOException, InterruptedException {
        for (var steps = 0; steps < 100; steps++) {
            var rest = sender.step();
            var state = spool.state();
            if (state.unsent().isEmpty() && state.unacknowledged().isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(rest.millis());
        }
        throw new AssertionError("not delivered: " + events);
    }

    private static List<byte[]> recordsOf(ReportBatch batch) {
        return batch.getReports(0).getRecordsList().stream()
                .map(record -> record.toByteArray())
                .toList();
    }

    private static List<Long> seqs(FakeNode node) {
        return node.records().stream().map(kept -> kept.signed().record().seq()).toList();
    }

    @Test
    void aRecordWhoseAcknowledgementIsLostIsResentAsTheSameBytes() throws Exception {
        node(1).nextCalls(Mischief.BREAKS_AFTER_STORING);
        deliver();
        assertThat(recordsOf(node(2).received().getFirst()))
                .usingRecursiveComparison()
                .isEqualTo(recordsOf(node(1).received().getFirst()));
        assertThat(stateOf(node(1))).isEqualTo(ServerList.State.SUSPECT);
    }

    @Test
    void aServerThatDoesNotAnswerIsLeftAfterOneTimeout() throws Exception {
        node(1).nextCalls(Mischief.LOSES_ACK);
        var begun = clock.millis();
        deliver();
        assertThat(clock.millis() - begun).isBetween(CALL_TIMEOUT.toMillis(), 3 * CALL_TIMEOUT.toMillis());
        assertThat(seqs(node(2))).containsExactly(1L);
    }

    @Test
    void aSlowAnswerWithinTheTimeoutIsAGoodOne() throws Exception {
        node(1).nextCalls(Mischief.SLOW);
        deliver();
        assertThat(servers.current()).hasValue(node(1).url());
        assertThat(stateOf(node(1))).isEqualTo(ServerList.State.HEALTHY);
    }

    @Test
    void moveIsNoFailureAndGoesToTheNextAtOnce() throws Exception {
        node(1).nextCalls(Mischief.MOVE);
        deliver();
        assertThat(seqs(node(1))).isEmpty();
        assertThat(seqs(node(2))).containsExactly(1L);
        assertThat(stateOf(node(1))).isEqualTo(ServerList.State.HEALTHY);
        assertThat(servers.views().getFirst().moving()).isTrue();
    }

    @Test
    void retryStaysWithTheServerAndWaitsAsItSays() throws Exception {
        node(1).nextCalls(Mischief.RETRY);
        var rest = sender.step();
        assertThat(rest.idle()).isFalse();
        assertThat(rest.millis()).isBetween(120L, 180L);
        deliver();
        assertThat(servers.current()).hasValue(node(1).url());
    }

    @Test
    void aReceiptByAnotherKeyIsNoAcknowledgement() throws Exception {
        deliver();
        take(RecordKind.INTERIM, 1);
        node(1).nextCalls(Mischief.FOREIGN_RECEIPT);
        sender.step();
        assertThat(spool.state().unacknowledged()).hasSize(1);
        deliver();
        assertThat(spool.state().signed().getLast().ack().orElseThrow().server())
                .isEqualTo(node(2).url());
    }

    @Test
    void aNewServerIsShownTheNewestAnchoredRecordAndAllBehindIt() throws Exception {
        for (var i = 1; i <= 5; i++) {
            take(RecordKind.INTERIM, i);
            deliver();
        }
        var third = spool.state().signed().get(2);
        spool.anchored(third.digest(), com.google.protobuf.ByteString.copyFromUtf8("proof"));
        node(1).die();
        take(RecordKind.INTERIM, 6);
        deliver();
        assertThat(seqs(node(2))).containsExactly(3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void aServerThatLacksPredecessorsIsShownThem() throws Exception {
        for (var i = 1; i <= 3; i++) {
            take(RecordKind.INTERIM, i);
            deliver();
        }
        // The node comes back with an empty disk under the same address.
        node(1).die();
        var empty = new FakeNode(4);
        nodes.add(empty);
        nodes.set(0, empty);
        restart();
        take(RecordKind.INTERIM, 4);
        deliver();
        assertThat(seqs(empty)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aSuccessorBehindTheSameAddressIsShownAllThatIsNotAnchored() throws Exception {
        for (var i = 1; i <= 3; i++) {
            take(RecordKind.INTERIM, i);
            deliver();
        }
        node(1).succeed();
        take(RecordKind.INTERIM, 4);
        deliver();
        sender.step();
        assertThat(seqs(node(1))).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
        assertThat(servers.current()).hasValue(node(1).url());
        assertThat(sender.step().idle()).isTrue();
    }

    @Test
    void aServerThatNeedsWhatIsTrimmedIsPassedOver() throws Exception {
        take(RecordKind.INTERIM, 1);
        deliver();
        spool.anchored(spool.state().signed().getLast().digest(), com.google.protobuf.ByteString.copyFromUtf8("proof"));
        node(1).die();
        node(2).refuseUnknownStart();
        take(RecordKind.INTERIM, 2);
        deliver();
        // Node 2 did not know the agreement and could not see that the record is anchored.
        assertThat(seqs(node(2))).isEmpty();
        assertThat(seqs(node(3))).containsExactly(2L, 3L);
        assertThat(stateOf(node(2))).isEqualTo(ServerList.State.HEALTHY);
    }

    @Test
    void numbersAreGivenOnlyWhenSomebodyTakesThem() throws Exception {
        for (var node : nodes) {
            node.die();
        }
        for (var i = 1; i <= 20; i++) {
            take(RecordKind.INTERIM, i);
            sender.step();
        }
        // The two that were there at the first attempt; what came later waits, merged.
        assertThat(spool.state().signed()).hasSize(2);
        assertThat(spool.state().unsent()).hasSize(1);
        for (var node : nodes) {
            node.revive();
        }
        deliver();
        assertThat(spool.state().signed()).hasSize(3);
        assertThat(SpoolState.countersOf(spool.state().head().orElseThrow())).isEqualTo(Fixture.seconds(20));
    }

    @Test
    void withNoServerItRestsBetweenRoundsAndNeverGivesUp() throws Exception {
        for (var node : nodes) {
            node.die();
        }
        var rests = new ArrayList<Long>();
        for (var i = 0; i < 60; i++) {
            rests.add(sender.step().millis());
        }
        assertThat(rests.stream().filter(rest -> rest > 0)).hasSizeGreaterThan(15);
        assertThat(rests).allMatch(rest -> rest <= 1.2 * Sender.BACKOFF_MAX_MILLIS);
        assertThat(rests.subList(50, 60)).anyMatch(rest -> rest > 0.7 * Sender.BACKOFF_MAX_MILLIS);
        // All are used in turn, so that the first that is back is found.
        node(3).revive();
        var steps = 0;
        while (!spool.state().unacknowledged().isEmpty()) {
            sender.step();
            assertThat(++steps).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void aRecordThatIsRefusedForGoodIsSignedAnewInAnotherBranch() throws Exception {
        deliver();
        take(RecordKind.INTERIM, 61);
        node(1).nextCalls(Mischief.FATAL);
        deliver();
        var last = node(1).newest().orElseThrow().signed().record();
        assertThat(last.seq()).isEqualTo(2);
        assertThat(last.branch()).isEqualTo(2);
        assertThat(last.amount()).isEqualTo(101);
        assertThat(spool.state().stopped()).isEmpty();
    }

    @Test
    void aReadingThatIsRefusedForGoodTwiceStopsTheAgreementAndSaysSo() throws Exception {
        deliver();
        take(RecordKind.INTERIM, 61);
        node(1).nextCalls(Mischief.FATAL, Mischief.FATAL);
        while (spool.state().stopped().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(sender.step().millis());
        }
        assertThat(spool.state().stopped().orElseThrow())
                .contains("AMOUNT_WRONG (20)")
                .contains("second time");
        restart();
        take(RecordKind.INTERIM, 62);
        var calls = node(1).received().size();
        sender.step();
        sender.step();
        assertThat(spool.state().stopped()).isPresent();
        // Nothing new is sent; what was accepted is still followed.
        assertThat(node(1).received().subList(calls, node(1).received().size()))
                .allMatch(batch -> recordsOf(batch).size() == 1);
        assertThat(seqs(node(1))).containsExactly(1L);
    }

    @Test
    void aClosedAgreementIsStopped() throws Exception {
        node(1).nextCalls(Mischief.CLOSED);
        sender.step();
        assertThat(spool.state().stopped().orElseThrow()).contains("AGREEMENT_CLOSED (5)");
        assertThat(sender.step().idle()).isTrue();
    }

    @Test
    void aLostSpoolGoesOnFromTheServersRecordAndAddsWhatItMeasured() throws Exception {
        for (var i = 1; i <= 3; i++) {
            take(RecordKind.INTERIM, 60L * i);
            deliver();
        }
        var before = node(1).newest().orElseThrow().signed().record();
        // Another client of the same key that knows nothing, and could not ask: it begins at 1.
        var lost = new SenderTestSpool();
        spool.close();
        spool = lost.open();
        readings = 0;
        sender = sender();
        take(RecordKind.START, 0);
        take(RecordKind.INTERIM, 30);
        deliver();
        var after = node(1).newest().orElseThrow().signed().record();
        assertThat(after.branch()).isEqualTo(before.branch() + 1);
        assertThat(after.seq()).isGreaterThan(before.seq());
        assertThat(Counters.fromProtocol(after.body().counters())).isEqualTo(Fixture.seconds(210));
        // Shown the same fork again, it does not add it twice.
        take(RecordKind.INTERIM, 40);
        deliver();
        var last = node(1).newest().orElseThrow().signed().record();
        assertThat(Counters.fromProtocol(last.body().counters())).isEqualTo(Fixture.seconds(180 + 40));
    }

    private final class SenderTestSpool {
        Spool open() throws IOException {
            return Spool.open(folder.resolve("other"), Fixture.DOMAIN, Spool.Limits.DEFAULT);
        }
    }

    @Test
    void aSmallerForeignBranchIsMergedOnceAndItsServerPassedOver() throws Exception {
        take(RecordKind.INTERIM, 600);
        deliver();
        // Somebody else with this key signed a first record of his own.
        var foreign = foreignRecord(60);
        take(RecordKind.INTERIM, 660);
        node(1).forkNext(foreign);
        deliver();
        assertThat(servers.current()).hasValue(node(2).url());
        var merged = spool.state().head().orElseThrow().record();
        take(RecordKind.INTERIM, 720);
        node(2).forkNext(foreign);
        deliver();
        var last = spool.state().head().orElseThrow().record();
        assertThat(last.branch()).isEqualTo(2);
        assertThat(Counters.fromProtocol(last.body().counters())).isEqualTo(Fixture.seconds(720 + 60));
        assertThat(merged.branch()).isLessThanOrEqualTo(2);
    }

    private static SignedRecord foreignRecord(long seconds) {
        return Fixture.sign(SpoolState.EMPTY, Fixture.reading(1, RecordKind.START, 1_000, seconds));
    }

    @Test
    void aRecordThatThisSignerNeverSignedIsNoFork() throws Exception {
        deliver();
        var real = foreignRecord(60);
        var other = io.tollkeeper.protocol.SignerKey.generate();
        var forged = new SignedRecord(real.record(), other.sign(Fixture.DOMAIN.digest(real.record())));
        take(RecordKind.INTERIM, 10);
        node(1).forkNext(forged);
        deliver();
        assertThat(spool.state().branch()).isEqualTo(1);
        assertThat(stateOf(node(1))).isEqualTo(ServerList.State.SUSPECT);
    }

    @Test
    void afterARestartTheSameBytesGoOut() throws Exception {
        for (var node : nodes) {
            node.die();
        }
        take(RecordKind.INTERIM, 5);
        sender.step();
        var signed = spool.state().signed().stream().map(SpooledRecord::digest).toList();
        assertThat(signed).isNotEmpty();
        restart();
        for (var node : nodes) {
            node.revive();
        }
        deliver();
        List<Bytes32> stored =
                node(1).records().stream().map(FakeNode.Kept::digest).toList();
        assertThat(stored).startsWith(signed.toArray(Bytes32[]::new));
    }

    @Test
    void asksAgainForWhatIsAnchoredWhenNothingIsToBeSent() throws Exception {
        var chain = new FakeChain();
        deliver();
        assertThat(sender.step().idle()).isTrue();
        node(1).anchor(chain, true);
        TimeUnit.MILLISECONDS.sleep(Sender.ASK_AGAIN_MILLIS);
        sender.step();
        assertThat(proofs).hasSize(1);
        assertThat(Optional.of(proofs.getFirst().getTreeSize())).hasValue(1L);
    }
}
