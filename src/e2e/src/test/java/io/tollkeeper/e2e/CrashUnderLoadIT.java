package io.tollkeeper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node is killed while senders keep it busy; what it acknowledged must be on the chain, and paid once. */
@ExtendWith(OnStage.class)
class CrashUnderLoadIT {
    private static final String NAME = "load";
    private static final int SENDERS = 4;
    private static final int ACKS_BEFORE_THE_KILL = 500;
    private static final int ACKS_AFTER_THE_KILL = 500;
    private static final String DEPOSIT_WEI = "1000000000000000000";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Stage stage;
    private final PlanFile plan;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();

    CrashUnderLoadIT(OnStage.Shared shared) {
        this.stage = shared.stage();
        this.plan = shared.plan();
    }

    @AfterEach
    void removeTheBillingNode() {
        stop.set(true);
        stage.delete(NAME);
    }

    /** What one sender had acknowledged, newest last. */
    private record Sent(RecordSource source, List<Bytes32> acknowledged, BigInteger amount) {}

    @Test
    void everyAcknowledgedRecordIsProvenAnchoredAndEachAgreementIsChargedOnce() throws Exception {
        stage.apply(Manifest.of(stage, NAME, 1));
        stage.awaitReady(NAME, 1);
        var pod = NAME + "-n0-e1";
        var address = stage.podIp(pod);
        var sources = new ArrayList<RecordSource>();
        for (var i = 0; i < SENDERS; i++) {
            var agreement = stage.openAgreement("load-" + i, plan, i, DEPOSIT_WEI);
            sources.add(new RecordSource(
                    agreement.id(),
                    agreement.signer(),
                    stage.chain().domain(),
                    plan.tariff(),
                    Instant.now().getEpochSecond() - 600));
        }

        var sent = new ArrayList<Sent>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<Sent>>();
            sources.forEach(source -> running.add(threads.submit(() -> sendUntilStopped(address, source))));
            awaitAcks(ACKS_BEFORE_THE_KILL);
            stage.cluster().killPod(Stage.NAMESPACE, pod);
            awaitAcks(acknowledged.get() + ACKS_AFTER_THE_KILL);
            stop.set(true);
            for (var future : running) {
                sent.add(result(future));
            }
        }

        sent.forEach(one -> assertProven(address, one));
        sent.forEach(this::assertChargedOnce);
    }

    private void awaitAcks(int count) {
        Await.untilTrue(count + " records are acknowledged", LIMIT, () -> acknowledged.get() >= count);
    }

    private static Sent result(Future<Sent> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a sender failed", e.getCause());
        }
    }

    private Sent sendUntilStopped(String address, RecordSource source) {
        var digests = new ArrayList<Bytes32>();
        var start = Instant.now().getEpochSecond() - 600;
        try (var node = new NodeCalls(address, stage.chain().domain())) {
            digests.add(sendUntilAcknowledged(node, source, source.next(start, 0, RecordKind.START)));
            while (!stop.get()) {
                digests.add(sendUntilAcknowledged(node, source, source.next(start, 1, RecordKind.INTERIM)));
            }
            digests.add(sendUntilAcknowledged(node, source, source.next(start, 1, RecordKind.STOP)));
        }
        return new Sent(
                source,
                digests,
                Objects.requireNonNull(source.newest().orElseThrow().amount()));
    }

    /** Sends the same bytes until they are acknowledged, as a client does. */
    private Bytes32 sendUntilAcknowledged(NodeCalls node, RecordSource source, SignedRecord record) {
        return Await.until("record " + record.record().seq() + " is acknowledged", LIMIT, () -> {
            try {
                var result = node.submit(List.of(record)).getResults(0);
                if (result.hasAccepted() || result.hasDuplicate()) {
                    acknowledged.incrementAndGet();
                    return Optional.of(source.digest(record));
                }
            } catch (StatusRuntimeException _) {
                // Killed, or not yet back: the same bytes again.
            }
            return Optional.empty();
        });
    }

    /** Each by a proof of its own, which this test checks against the chain. */
    private void assertProven(String address, Sent sent) {
        var check = new AnchorCheck(stage.chain());
        try (var node = new NodeCalls(address, stage.chain().domain())) {
            var last = sent.acknowledged().getLast();
            Await.until("the last record is anchored", LIMIT, () -> prove(node, check, sent, last));
            for (var digest : sent.acknowledged()) {
                assertThat(prove(node, check, sent, digest))
                        .as("proof of %s", digest)
                        .contains(digest);
            }
        }
    }

    private static Optional<Bytes32> prove(NodeCalls node, AnchorCheck check, Sent sent, Bytes32 digest) {
        var source = sent.source();
        return check.digestProvenBy(node.proof(source.agreement(), source.signer(), digest));
    }

    private void assertChargedOnce(Sent sent) {
        var agreement = sent.source().agreement();
        Await.untilTrue("the agreement is collected", LIMIT, () -> stage.chain()
                .charged(agreement)
                .equals(sent.amount()));
        var deltas = stage.chain().charges(agreement).stream().map(ChainEvent.Charged::delta);
        assertThat(Demo.sum(deltas)).isEqualTo(sent.amount());
    }
}
