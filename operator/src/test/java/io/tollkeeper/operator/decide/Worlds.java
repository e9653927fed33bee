package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.observe.ChainFacts;
import io.tollkeeper.operator.observe.Death;
import io.tollkeeper.operator.observe.LeaseFacts;
import io.tollkeeper.operator.observe.MachineFacts;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.ProbeAnswer;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds worlds for tables: three zones with a machine each, and nodes that are well unless told otherwise. */
final class Worlds {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration FRESH = Duration.ofSeconds(2);
    static final Duration STALE = Duration.ofSeconds(11);

    private BillingNodeSpec spec = Specs.spec("{\"replicas\": 3}");
    private BillingNodeStatus status = BillingNodeStatus.EMPTY;
    private boolean clockRuns = true;
    private Instant now = NOW;
    private final Map<Integer, NodeFacts> nodes = new HashMap<>();
    private final Map<String, MachineFacts> machines = new HashMap<>();
    private final List<Death> elsewhere = new ArrayList<>();
    private Set<String> silent = Set.of();
    private Optional<World.Obstacle> obstacle = Optional.empty();

    private Worlds() {
        for (String zone : List.of("zone-a", "zone-b", "zone-c")) {
            machine(zone + "-1", zone, true, true);
        }
    }

    /** Nodes n0, n1, n2 serve epoch 1 in zone-a, zone-b, zone-c. */
    static Worlds healthy() {
        Worlds worlds = new Worlds();
        worlds.node(0, "zone-a");
        worlds.node(1, "zone-b");
        worlds.node(2, "zone-c");
        return worlds;
    }

    /** Nothing exists; three nodes are asked for. */
    static Worlds empty() {
        Worlds worlds = new Worlds();
        for (int i = 0; i < 3; i++) {
            NodeStatus fresh = NodeStatus.fresh(Names.node("shop", i), i);
            worlds.nodes.put(
                    i, new NodeFacts(fresh, List.of(), noLease(), ProbeAnswer.NONE, Optional.of(unregistered())));
        }
        return worlds;
    }

    private void node(int index, String zone) {
        String name = Names.node("shop", index);
        String machine = zone + "-1";
        NodeStatus serving = NodeStatus.fresh(name, index).toBuilder()
                .serving(1, signer(index, 1), zone, machine, Names.epoch(name, 1))
                .verdict(Verdict.ALIVE, NOW.minusSeconds(60), null)
                .history(List.of(new NodeStatus.Past(
                        1L,
                        signer(index, 1),
                        zone,
                        machine,
                        NOW.minusSeconds(60),
                        null,
                        "Created",
                        null,
                        null,
                        NOW.minusSeconds(70),
                        NOW.minusSeconds(69),
                        NOW.minusSeconds(60),
                        null,
                        null)))
                .build();
        nodes.put(
                index,
                new NodeFacts(
                        serving,
                        List.of(pod(name, 1, machine)),
                        new LeaseFacts(true, Optional.of(Names.epoch(name, 1)), FRESH, NOW.minus(FRESH)),
                        ProbeAnswer.NONE,
                        Optional.of(registered(index, 1))));
    }

    static String signer(int index, long epoch) {
        return "0x%038d%02d".formatted(index, epoch);
    }

    static PodFacts pod(String node, long epoch, @Nullable String machine) {
        int index = Names.index("shop", node).orElseThrow();
        return new PodFacts(
                Names.epoch(node, epoch),
                "uid-" + node + "-" + epoch,
                epoch,
                Optional.of(signer(index, epoch)),
                Optional.ofNullable(machine),
                Optional.of("127.0.0.1"),
                false,
                machine != null,
                machine != null,
                machine != null,
                0,
                Optional.empty(),
                false);
    }

    static PodFacts unready(PodFacts pod) {
        return new PodFacts(
                pod.name(),
                pod.uid(),
                pod.epoch(),
                pod.signer(),
                pod.machine(),
                pod.ip(),
                false,
                false,
                true,
                true,
                0,
                Optional.empty(),
                false);
    }

    static PodFacts untaken(PodFacts pod) {
        return new PodFacts(
                pod.name(),
                pod.uid(),
                pod.epoch(),
                pod.signer(),
                pod.machine(),
                pod.ip(),
                false,
                false,
                false,
                false,
                0,
                Optional.empty(),
                false);
    }

    static PodFacts restarting(PodFacts pod) {
        return new PodFacts(
                pod.name(),
                pod.uid(),
                pod.epoch(),
                pod.signer(),
                pod.machine(),
                pod.ip(),
                false,
                false,
                true,
                false,
                1,
                Optional.of("CrashLoopBackOff"),
                false);
    }

    static PodFacts failed(PodFacts pod) {
        return new PodFacts(
                pod.name(),
                pod.uid(),
                pod.epoch(),
                pod.signer(),
                pod.machine(),
                pod.ip(),
                true,
                false,
                true,
                false,
                0,
                Optional.empty(),
                false);
    }

    static PodFacts terminating(PodFacts pod) {
        return new PodFacts(
                pod.name(),
                pod.uid(),
                pod.epoch(),
                pod.signer(),
                pod.machine(),
                pod.ip(),
                false,
                false,
                true,
                true,
                0,
                Optional.empty(),
                true);
    }

    static ChainFacts registered(int index, long epoch) {
        return new ChainFacts("0xid" + index, true, epoch, signer(index, epoch), true, 7, NOW, Optional.empty());
    }

    static ChainFacts unregistered() {
        return new ChainFacts("0xid", true, 0, "0x0", false, 0, Instant.EPOCH, Optional.empty());
    }

    static ChainFacts silence() {
        return new ChainFacts("", false, 0, "0x0", false, 0, Instant.EPOCH, Optional.empty());
    }

    static LeaseFacts noLease() {
        return new LeaseFacts(false, Optional.empty(), Duration.ZERO, NOW);
    }

    Worlds spec(String json) {
        spec = Specs.spec(json);
        return this;
    }

    Worlds at(Instant moment) {
        now = moment;
        return this;
    }

    Worlds status(BillingNodeStatus value) {
        status = value;
        return this;
    }

    Worlds clockStopped() {
        clockRuns = false;
        return this;
    }

    Worlds machine(String name, String zone, boolean ready, boolean usable) {
        machines.put(name, new MachineFacts(name, zone, ready, usable));
        return this;
    }

    Worlds withoutMachine(String name) {
        machines.remove(name);
        return this;
    }

    Worlds silentZones(String... zones) {
        silent = Set.of(zones);
        return this;
    }

    Worlds diedElsewhere(Death death) {
        elsewhere.add(death);
        return this;
    }

    Worlds obstacle(String reason) {
        obstacle = Optional.of(new World.Obstacle(reason, "in words"));
        return this;
    }

    NodeFacts get(int index) {
        return java.util.Objects.requireNonNull(nodes.get(index));
    }

    Worlds lease(int index, Duration age) {
        return change(
                index,
                node -> new NodeFacts(
                        node.status(),
                        node.pods(),
                        new LeaseFacts(true, node.lease().holder(), age, now.minus(age)),
                        node.probe(),
                        node.chain()));
    }

    Worlds probe(int index, ProbeAnswer answer) {
        return change(index, node -> new NodeFacts(node.status(), node.pods(), node.lease(), answer, node.chain()));
    }

    Worlds pods(int index, PodFacts... pods) {
        return change(
                index, node -> new NodeFacts(node.status(), List.of(pods), node.lease(), node.probe(), node.chain()));
    }

    Worlds nodeStatus(int index, UnaryOperator<NodeStatus> changed) {
        return change(
                index,
                node -> new NodeFacts(
                        changed.apply(node.status()), node.pods(), node.lease(), node.probe(), node.chain()));
    }

    Worlds chain(int index, ChainFacts chain) {
        return change(
                index,
                node -> new NodeFacts(node.status(), node.pods(), node.lease(), node.probe(), Optional.of(chain)));
    }

    Worlds chainNotHeard(int index) {
        return change(
                index, node -> new NodeFacts(node.status(), node.pods(), node.lease(), node.probe(), Optional.empty()));
    }

    /** The node is silent: its Lease is stale and its probe fails. */
    Worlds dead(int index) {
        return lease(index, STALE).probe(index, ProbeAnswer.FAILS);
    }

    private Worlds change(int index, UnaryOperator<NodeFacts> changed) {
        nodes.put(index, changed.apply(get(index)));
        return this;
    }

    World build() {
        List<NodeFacts> ordered = nodes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
        BillingNodeStatus known = new BillingNodeStatus(
                null,
                0,
                0,
                "",
                List.of(),
                List.of(),
                ordered.stream().map(NodeFacts::status).toList(),
                status.zones(),
                status.breaker());
        return new World(
                now, "billing", "shop", spec, known, clockRuns, ordered, machines, elsewhere, silent, Map.of(),
                obstacle);
    }
}
