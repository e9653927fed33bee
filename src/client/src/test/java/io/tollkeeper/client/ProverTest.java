package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.merkle.MemoryTree;
import io.tollkeeper.protocol.merkle.MerkleTree;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProverTest {
    private static final String SERVER = "http://a:1";
    private static final Bytes32 NODE = Bytes32.fromHex("0x" + "01".repeat(32));

    private final ManualClock clock = ManualClock.at("2026-03-01T12:00:00Z");
    private final FakeChain chain = new FakeChain();
    private final List<String> events = new ArrayList<>();
    private final AtomicInteger resends = new AtomicInteger();
    private final ServerList servers = new ServerList(List.of(SERVER, "http://b:1"), List.of(), clock, new Random(1));
    private final Spool spool;
    private final Prover prover;
    private final MemoryTree log = new MemoryTree();

    ProverTest(@TempDir Path folder) throws IOException {
        spool = Spool.open(folder, Fixture.DOMAIN, Spool.Limits.DEFAULT);
        prover = new Prover(
                Fixture.AGREEMENT,
                Fixture.DOMAIN,
                Fixture.KEY.address(),
                spool,
                chain,
                servers,
                new Receipts(Fixture.DOMAIN),
                resends::incrementAndGet,
                Journal.NONE,
                clock,
                (what, detail) -> events.add(what + ": " + detail));
        for (var i = 1; i <= 4; i++) {
            var reading = Fixture.reading(i, i == 1 ? RecordKind.START : RecordKind.INTERIM, 1_000 + i, i);
            spool.take(reading);
            var record = spool.sign(Fixture.sign(spool.state(), reading), i, 0);
            log.append(CanonicalRecord.leafHash(CanonicalRecord.encode(record.record())));
            log.append(Bytes32.fromHex("0x" + "ee".repeat(32)));
        }
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    private static ByteString bytes(Bytes32 hash) {
        return ByteString.copyFrom(hash.toByteArray());
    }

    private AnchorProof.Builder proofOf(int index) {
        var record = spool.state().signed().get(index);
        var proof = AnchorProof.newBuilder()
                .setRecord(io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                        .setRecord(ByteString.copyFrom(CanonicalRecord.encode(record.record())))
                        .setSignature(
                                ByteString.copyFrom(record.signed().signature().toByteArray())))
                .setPosition(2L * index)
                .setTreeSize(log.size())
                .setRoot(bytes(log.root()))
                .setNodeId(bytes(NODE))
                .setEpoch(3)
                .setBlockNumber(77)
                .setBlockHash(bytes(NODE))
                .setTransactionHash(bytes(NODE));
        MerkleTree.inclusion(2L * index, log.size(), log).path().forEach(node -> proof.addPath(bytes(node)));
        return proof;
    }

    private AnchorReader.Claim claim() {
        return new AnchorReader.Claim(NODE, 3, log.size(), log.root(), 77, NODE, NODE, 0);
    }

    private List<Long> kept() {
        return spool.state().signed().stream().map(SpooledRecord::seq).toList();
    }

    @Test
    void anAnchoredRecordProvesAllBeforeIt() throws IOException {
        chain.put(claim());
        prover.offer(SERVER, proofOf(2).build());
        prover.step();
        assertThat(spool.state().floor().orElseThrow().seq()).isEqualTo(3);
        assertThat(kept()).containsExactly(4L);
    }

    @Test
    void nothingIsTrimmedOnANodesWordAlone() throws IOException {
        prover.offer(SERVER, proofOf(2).build());
        prover.step();
        assertThat(kept()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(events).anyMatch(event -> event.contains("no such checkpoint"));
    }

    @Test
    void aBlockThatIsNotFinalIsWaitedFor() throws IOException {
        chain.putPending(claim());
        prover.offer(SERVER, proofOf(2).build());
        prover.step();
        assertThat(kept()).hasSize(4);
        chain.put(claim());
        prover.step();
        assertThat(kept()).containsExactly(4L);
    }

    @Test
    void aChainThatIsAwayLosesNoProof() throws IOException {
        chain.put(claim());
        chain.away(true);
        prover.offer(SERVER, proofOf(2).build());
        assertThatThrownBy(prover::step).isInstanceOf(IOException.class);
        chain.away(false);
        prover.step();
        assertThat(kept()).containsExactly(4L);
    }

    @Test
    void aPathThatLeadsElsewhereProvesNothing() throws IOException {
        chain.put(claim());
        var wrong = proofOf(2);
        wrong.setPath(0, bytes(NODE));
        prover.offer(SERVER, wrong.build());
        prover.offer(SERVER, proofOf(1).setPosition(4).build());
        prover.offer(SERVER, proofOf(0).clearPath().build());
        prover.offer(
                SERVER, proofOf(3).setRoot(ByteString.copyFromUtf8("short")).build());
        prover.step();
        assertThat(kept()).hasSize(4);
        assertThat(events).hasSize(4);
    }

    @Test
    void aProofForSomebodyElsesRecordIsNotLookedAt() throws IOException {
        var key = io.tollkeeper.protocol.SignerKey.generate();
        var usage = spool.state().signed().get(2).record();
        var forged = proofOf(2);
        forged.getRecordBuilder()
                .setSignature(ByteString.copyFrom(
                        key.sign(Fixture.DOMAIN.digest(usage)).toByteArray()));
        chain.put(claim());
        prover.offer(SERVER, forged.build());
        prover.step();
        assertThat(kept()).hasSize(4);
    }

    @Test
    void aBrokenPromiseMarksTheServerAndResends() throws IOException {
        acknowledge(clock.unixMillis() / 1000 + 60);
        stepFor(Duration.ofSeconds(50));
        assertThat(resends).hasValue(0);
        // The chain stands still: nobody could have anchored.
        stepFor(Duration.ofSeconds(30));
        assertThat(resends).hasValue(0);
        chain.finalAt(clock.unixMillis() / 1000);
        stepFor(Duration.ofSeconds(10));
        assertThat(resends).hasPositiveValue();
        assertThat(servers.stateOf(SERVER)).hasValue(ServerList.State.ABNORMAL);
    }

    @Test
    void aPromiseThatIsKeptLateButProvenIsNoBreach() throws IOException {
        acknowledge(clock.unixMillis() / 1000 + 60);
        chain.put(claim());
        prover.offer(SERVER, proofOf(3).build());
        chain.finalAt(clock.unixMillis() / 1000 + 600);
        stepFor(Duration.ofSeconds(100));
        assertThat(resends).hasValue(0);
        assertThat(kept()).isEmpty();
    }

    private void acknowledge(long anchorBy) throws IOException {
        for (var record : spool.state().signed()) {
            var receipt = Receipt.newBuilder().setAnchorBy(anchorBy).build().toByteString();
            spool.acknowledge(record.digest(), new Ack(SERVER, clock.unixMillis(), false, 1, receipt));
        }
    }

    private void stepFor(Duration time) throws IOException {
        for (var i = 0; i < time.toMillis(); i += 500) {
            clock.advance(Duration.ofMillis(500));
            prover.step();
        }
    }
}
