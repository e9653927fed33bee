package io.tollkeeper.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollkeeper.chain.ChainAnchorReader;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.receiver.QueryException;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.ErrorClass;
import io.tollkeeper.protocol.v1.RecordResult;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a record on a real chain: stored, anchored, final, proven, settled. */
class NodeOnAnvilTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long DEPOSIT = 1_000_000;

    private static TestChain chain;
    private static ServedPlan byStop;
    private static ServedPlan byTime;
    private static int nodes;

    private final Path folder;
    private final List<Node> started = new ArrayList<>();

    NodeOnAnvilTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void startChain() throws Exception {
        chain = new TestChain();
        byStop = TestNodes.plan(chain.payeeAddress(), "STOP", "0s", "20s");
        byTime = TestNodes.plan(chain.payeeAddress(), "TIME", "10s", "60s");
        chain.registerPlan(byStop);
        chain.registerPlan(byTime);
    }

    @AfterAll
    static void stopChain() {
        chain.close();
    }

    @AfterEach
    void stopNodes() {
        started.forEach(Node::close);
    }

    private Node start(String data, SignerKey key, int index, long epoch) {
        Node node = Node.start(
                TestNodes.settings(chain.config(), folder.resolve(data), key, "demo", index, epoch, byStop, byTime),
                Clock.systemUTC());
        started.add(node);
        return node;
    }

    private void stop(Node node) {
        started.remove(node);
        node.close();
    }

    private static long now() {
        return Clock.systemUTC().instant().getEpochSecond();
    }

    @Test
    void aSignedOffRecordIsAnchoredProvenAndCollectedByStop() throws Exception {
        SignerKey key = SignerKey.generate();
        int index = nodes++;
        chain.registerNode("demo", index, 1, key.address());
        TestClient client = chain.open(byStop, DEPOSIT);
        Node node = start("a", key, index, 1);
        SignedRecord first = client.next(RecordKind.START, now() - 5, 0);
        SignedRecord last = client.next(RecordKind.STOP, now(), 300);

        SubmitAck ack = TestNodes.submit(node, TestClient.batch(first, last));

        assertThat(ack.getResultsList())
                .allSatisfy(result ->
                        assertThat(result.hasAccepted()).as("%s", result).isTrue());
        assertThat(ack.hasReceipt()).isTrue();
        TestNodes.await("charged by STOP", PATIENCE, () -> chain.charged(client).intValue() == 500);
        TestNodes.await(
                "the charge counted",
                PATIENCE,
                () -> TestNodes.figure(node, "tollkeeper_charges_seen_total{condition=\"STOP\",}") >= 1);
        AnchorProof proof =
                node.queries().position(client.query("Position", now())).getAnchored();
        assertThat(proof.getRecord().getRecord().toByteArray()).isEqualTo(CanonicalRecord.encode(last.record()));
        assertThat(holds(proof)).isTrue();
    }

    /** Recomputes the root from the record's bytes, and asks the chain for the event. */
    private static boolean holds(AnchorProof proof) {
        Bytes32 leaf = CanonicalRecord.leafHash(proof.getRecord().getRecord().toByteArray());
        InclusionProof inclusion = new InclusionProof(
                proof.getPosition(),
                proof.getTreeSize(),
                proof.getPathList().stream()
                        .map(hash -> Bytes32.of(hash.toByteArray()))
                        .toList());
        return inclusion.verify(leaf, Bytes32.of(proof.getRoot().toByteArray())) && onChain(proof);
    }

    private static boolean onChain(AnchorProof proof) {
        ChainAnchorReader reader =
                new ChainAnchorReader(chain.endpoints(), chain.config().usageAnchor(), TestChain.FINALITY_DEPTH);
        return reader.verify(new ChainAnchorReader.Claim(
                        Bytes32.of(proof.getNodeId().toByteArray()),
                        proof.getEpoch(),
                        proof.getTreeSize(),
                        Bytes32.of(proof.getRoot().toByteArray()),
                        proof.getBlockNumber(),
                        Bytes32.of(proof.getBlockHash().toByteArray()),
                        Bytes32.of(proof.getTransactionHash().toByteArray()),
                        proof.getLogIndex()))
                instanceof ChainAnchorReader.Verdict.Anchored;
    }

    @Test
    void aSilentClientIsCollectedByOfflineAndNotBefore() throws Exception {
        SignerKey key = SignerKey.generate();
        int index = nodes++;
        chain.registerNode("demo", index, 1, key.address());
        TestClient client = chain.open(byStop, DEPOSIT);
        Node node = start("a", key, index, 1);
        long asOf = now();

        TestNodes.submit(node, TestClient.batch(client.next(RecordKind.START, asOf, 120)));

        TestNodes.await(
                "charged by OFFLINE", PATIENCE, () -> chain.charged(client).intValue() == 200);
        assertThat(chain.now()).isGreaterThanOrEqualTo(asOf + 20);
    }

    @Test
    void anActiveClientIsCollectedUpToThePeriodsBoundary() throws Exception {
        SignerKey key = SignerKey.generate();
        int index = nodes++;
        chain.registerNode("demo", index, 1, key.address());
        TestClient client = chain.open(byTime, DEPOSIT);
        Node node = start("a", key, index, 1);
        long boundary = (now() / 10 + 1) * 10;

        TestNodes.submit(node, TestClient.batch(client.next(RecordKind.START, now(), 0)));
        TestNodes.await("the boundary", PATIENCE, () -> now() > boundary);
        TestNodes.submit(
                node,
                TestClient.batch(
                        client.next(RecordKind.INTERIM, boundary, 60), client.next(RecordKind.INTERIM, now(), 66)));

        TestNodes.await("charged by TIME", PATIENCE, () -> chain.charged(client).intValue() == 100);
        TestNodes.await(
                "the charge counted",
                PATIENCE,
                () -> TestNodes.figure(node, "tollkeeper_charges_seen_total{condition=\"TIME\",}") >= 1);
    }

    @Test
    void aNodeWithAnEmptyDiskCollectsWhatADeadOneHadAnchored() throws Exception {
        SignerKey dead = SignerKey.generate();
        SignerKey other = SignerKey.generate();
        int deadIndex = nodes++;
        int otherIndex = nodes++;
        chain.registerNode("demo", deadIndex, 1, dead.address());
        chain.registerNode("demo", otherIndex, 1, other.address());
        TestClient client = chain.open(byStop, DEPOSIT);
        Node first = start("dead", dead, deadIndex, 1);
        SignedRecord start = client.next(RecordKind.START, now(), 60);
        TestNodes.submit(first, TestClient.batch(start));
        TestNodes.await(
                "anchored",
                PATIENCE,
                () -> first.queries().checkpoint().getSize() == 1
                        && TestNodes.figure(first, "tollkeeper_log_anchored_size") == 1);
        stop(first);

        Node second = start("empty", other, otherIndex, 1);
        TestNodes.await("position known from the chain", PATIENCE, () -> position(second, client));
        // What follows on the record that only the chain knows is taken without it.
        SignedRecord stop = client.next(RecordKind.STOP, now(), 120);
        SubmitAck ack = TestNodes.submit(second, TestClient.batch(stop));

        assertThat(ack.getResults(0).hasAccepted()).as("%s", ack).isTrue();
        TestNodes.await("charged", PATIENCE, () -> chain.charged(client).intValue() == 200);
    }

    private static boolean position(Node node, TestClient client) {
        try {
            return node.queries().position(client.query("Position", now())).hasNewest();
        } catch (QueryException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFencedNodeAnswersMove() throws Exception {
        SignerKey old = SignerKey.generate();
        int index = nodes++;
        chain.registerNode("demo", index, 1, old.address());
        TestClient client = chain.open(byStop, DEPOSIT);
        Node node = start("a", old, index, 1);
        TestNodes.submit(node, TestClient.batch(client.next(RecordKind.START, now(), 60)));

        chain.registerNode("demo", index, 2, SignerKey.generate().address());
        TestNodes.await("seen the fence", PATIENCE, () -> TestNodes.figure(node, "tollkeeper_accepting") == 0);

        SubmitAck ack = TestNodes.submit(node, TestClient.batch(client.next(RecordKind.INTERIM, now(), 120)));
        RecordResult result = ack.getResults(0);
        assertThat(result.getError().getName()).isEqualTo("FENCED");
        assertThat(result.getError().getErrorClass()).isEqualTo(ErrorClass.MOVE);
    }

    @Test
    void aLaterEpochOnAKeptDiskAnchorsWhatTheEarlierOneCouldNot() throws Exception {
        SignerKey first = SignerKey.generate();
        SignerKey second = SignerKey.generate();
        int index = nodes++;
        TestClient client = chain.open(byStop, DEPOSIT);
        Node before = start("kept", first, index, 1);
        SubmitAck ack = TestNodes.submit(
                before,
                TestClient.batch(client.next(RecordKind.START, now() - 1, 0), client.next(RecordKind.STOP, now(), 60)));
        assertThat(ack.getResults(1).hasAccepted()).isTrue();
        stop(before);

        chain.registerNode("demo", index, 2, second.address());
        Node after = start("kept", second, index, 2);

        TestNodes.await("charged", PATIENCE, () -> chain.charged(client).intValue() == 100);
        assertThat(after.queries().checkpoint().getSize()).isEqualTo(2);
    }

    @Test
    void aNodeThatLostItsDiskWithinAnEpochTakesNothingAndSaysWhy() throws Exception {
        SignerKey key = SignerKey.generate();
        int index = nodes++;
        chain.registerNode("demo", index, 1, key.address());
        TestClient client = chain.open(byStop, DEPOSIT);
        Node before = start("lost", key, index, 1);
        TestNodes.submit(before, TestClient.batch(client.next(RecordKind.START, now(), 60)));
        TestNodes.await("anchored", PATIENCE, () -> TestNodes.figure(before, "tollkeeper_log_anchored_size") == 1);
        stop(before);

        Node after = start("empty", key, index, 1);
        TestNodes.await("noticed", PATIENCE, () -> TestNodes.figure(after, "tollkeeper_accepting") == 0);

        assertThat(after.status().afterSyncedWrite().getReason()).startsWith("LOG_BEHIND_CHAIN");
        SubmitAck ack = TestNodes.submit(after, TestClient.batch(client.next(RecordKind.INTERIM, now(), 120)));
        assertThat(ack.getResults(0).getError().getErrorClass()).isEqualTo(ErrorClass.MOVE);
    }

    @Test
    void aSuccessorWithAnEmptyDiskIsShownWhatIsMissingBeforeItTakesTheNext() throws Exception {
        SignerKey key = SignerKey.generate();
        TestClient client = chain.open(byStop, DEPOSIT);
        Node node = start("a", key, nodes++, 1);
        SignedRecord anchored = client.next(RecordKind.START, now() - 3, 0);
        SignedRecord lost = client.next(RecordKind.INTERIM, now() - 2, 60);
        SignedRecord next = client.next(RecordKind.INTERIM, now() - 1, 120);

        RecordResult alone = TestNodes.submit(node, TestClient.batch(lost)).getResults(0);
        assertThat(alone.getError().getName()).isEqualTo("PREDECESSOR_MISSING");
        assertThat(alone.getError().getNeedFromSeq()).isEqualTo(1);
        // As a client does that has trimmed all before its newest anchored record.
        SubmitAck shown = TestNodes.submit(node, TestClient.batch(lost, next));
        assertThat(shown.getResultsList()).allMatch(RecordResult::hasAccepted);
        // And one that comes late finds its place below.
        assertThat(TestNodes.submit(node, TestClient.batch(anchored))
                        .getResults(0)
                        .hasAccepted())
                .isTrue();
    }

    @Test
    void whatConcernsACustomerIsToldToHimAlone() throws Exception {
        TestClient client = chain.open(byStop, DEPOSIT);
        TestClient stranger = new TestClient(client.domain, SignerKey.generate(), client.agreement());
        Node node = start("a", SignerKey.generate(), nodes++, 1);
        TestNodes.submit(node, TestClient.batch(client.next(RecordKind.START, now(), 0)));

        assertThat(node.queries().position(client.query("Position", now())).hasNewest())
                .isTrue();
        assertThat(refusal(() -> node.queries().position(stranger.query("Position", now()))))
                .isEqualTo(SubmitError.QUERY_SIGNATURE_INVALID);
        assertThat(refusal(() -> node.queries().position(client.query("Proof", now()))))
                .isEqualTo(SubmitError.QUERY_SIGNATURE_INVALID);
        assertThat(refusal(() -> node.queries().position(client.query("Position", now() - 300))))
                .isEqualTo(SubmitError.QUERY_STALE);
    }

    private static SubmitError refusal(ThrowingCallable question) {
        return Objects.requireNonNull(catchThrowableOfType(QueryException.class, question))
                .error();
    }
}
