package io.tollkeeper.operator.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.operator.decide.ChainTask;
import io.tollkeeper.operator.observe.ChainFacts;
import io.tollkeeper.operator.observe.World.Obstacle;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChainWorkerTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private final FakeRegistry registry = new FakeRegistry();
    private final List<String> called = Collections.synchronizedList(new ArrayList<>());
    private final ChainWorker worker = new ChainWorker(
            new OneChain(registry),
            ((InstantSource) now::get).withZone(ZoneOffset.UTC),
            (namespace, name) -> called.add(namespace + "/" + name));

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void aNodeIsRegisteredAndTheFactsSaySo() {
        worker.want("billing", "shop", "default", new ChainTask.Register(0, 1, "0xa", "zone-a"));
        settle(() -> facts().map(ChainFacts::epoch).orElse(0L) == 1);
        assertThat(registry.calls).containsExactly("register 0 1 0xa zone-a");
        assertThat(facts().orElseThrow().shows(1, "0xA")).isTrue();
        assertThat(called).contains("billing/shop");
    }

    @Test
    void aChainThatIsAwayIsTriedAgainUntilItIsBack() {
        registry.away = true;
        worker.want("billing", "shop", "default", new ChainTask.Register(0, 1, "0xa", "zone-a"));
        settle(() -> worker.health("default").map(health -> !health.reachable()).orElse(false));
        assertThat(facts().orElseThrow().heard()).isFalse();
        registry.away = false;
        settle(() -> facts().map(ChainFacts::epoch).orElse(0L) == 1);
        assertThat(worker.health("default").orElseThrow().reachable()).isTrue();
    }

    @Test
    void anEpochThatTheChainHasPassedIsNotForced() {
        registry.entries.put(0, new NodeRegistry.Entry(5, "0xother", true, 9));
        worker.want("billing", "shop", "default", new ChainTask.Register(0, 3, "0xa", "zone-a"));
        settle(() -> facts().map(ChainFacts::epoch).orElse(0L) == 5);
        assertThat(registry.calls).isEmpty();
        assertThat(facts().orElseThrow().passed(3, Optional.of("0xa"))).isTrue();
    }

    @Test
    void theNewestEpochIsFenced() {
        registry.entries.put(0, new NodeRegistry.Entry(5, "0xa", true, 9));
        worker.want("billing", "shop", "default", new ChainTask.Fence(0));
        settle(() -> facts().map(facts -> !facts.active()).orElse(false));
        assertThat(registry.calls).containsExactly("fence 0 5");
    }

    @Test
    void whatWasNeverRegisteredIsNotFenced() {
        worker.want("billing", "shop", "default", new ChainTask.Fence(0));
        settle(() -> facts().isPresent());
        assertThat(registry.calls).isEmpty();
    }

    @Test
    void aKeyThatRunsLowIsToppedUp() {
        registry.entries.put(0, new NodeRegistry.Entry(1, "0xa", true, 9));
        registry.balances.put("0xa", BigInteger.ONE);
        worker.want("billing", "shop", "default", new ChainTask.Register(0, 1, "0xa", "zone-a"));
        settle(() -> facts().flatMap(ChainFacts::fundsWei).equals(Optional.of(BigInteger.valueOf(100))));
        assertThat(registry.calls).containsExactly("topUp 0xa");
    }

    @Test
    void aBalanceThatFallsALittleIsNoNews() {
        ChainFacts facts = ChainFactsOf.funds(ChainFactsOf.nothing(), BigInteger.valueOf(1000));
        assertThat(ChainFactsOf.funds(facts, BigInteger.valueOf(950))).isEqualTo(facts);
        assertThat(ChainFactsOf.funds(facts, BigInteger.valueOf(900)).fundsWei())
                .contains(BigInteger.valueOf(900));
    }

    private Optional<ChainFacts> facts() {
        return worker.facts("billing", "shop", 0);
    }

    /** Beats until it is so, each beat a second later on the worker's clock. */
    private void settle(BooleanSupplier settled) {
        long limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!settled.getAsBoolean()) {
            assertThat(System.nanoTime()).as("settled in 10 s").isLessThan(limit);
            now.updateAndGet(at -> at.plusSeconds(1));
            worker.tick();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private record OneChain(NodeRegistry registry) implements Chains {
        @Override
        public Optional<Map<String, String>> keys(String chain) {
            return Optional.of(Map.of());
        }

        @Override
        public Optional<Obstacle> obstacle(String chain) {
            return Optional.empty();
        }

        @Override
        public Optional<NodeRegistry> registry(String chain) {
            return Optional.of(registry);
        }
    }

    private static final class FakeRegistry implements NodeRegistry {
        private final Map<Integer, Entry> entries = Collections.synchronizedMap(new HashMap<>());
        private final Map<String, BigInteger> balances = Collections.synchronizedMap(new HashMap<>());
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean away;

        private void reach() throws IOException {
            if (away) {
                throw new IOException("no endpoint answers");
            }
        }

        @Override
        public String nodeId(NodeName node) {
            return "0xid" + node.index();
        }

        @Override
        public Optional<Entry> read(NodeName node) throws IOException {
            reach();
            return Optional.ofNullable(entries.get(node.index()));
        }

        @Override
        public void register(NodeName node, long epoch, String signer, String zone) throws IOException {
            reach();
            calls.add("register " + node.index() + " " + epoch + " " + signer + " " + zone);
            entries.put(node.index(), new Entry(epoch, signer, true, 7));
        }

        @Override
        public void fence(NodeName node, long epoch) throws IOException {
            reach();
            calls.add("fence " + node.index() + " " + epoch);
            entries.computeIfPresent(
                    node.index(), (_, old) -> new Entry(old.epoch(), old.signer(), false, old.registeredBlock()));
        }

        @Override
        public BigInteger balance(String address) {
            return balances.getOrDefault(address, BigInteger.valueOf(50));
        }

        @Override
        public BigInteger adminBalance() throws IOException {
            reach();
            return BigInteger.TEN;
        }

        @Override
        public BigInteger topUp(String signer) throws IOException {
            reach();
            if (balance(signer).compareTo(BigInteger.valueOf(20)) < 0) {
                calls.add("topUp " + signer);
                balances.put(signer, BigInteger.valueOf(100));
            }
            return balance(signer);
        }

        @Override
        public boolean canFund(BigInteger adminBalance, int registrations) {
            return true;
        }

        @Override
        public void close() {}
    }
}
