package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.observe.ChainFacts;
import io.tollkeeper.operator.observe.LeaseFacts;
import io.tollkeeper.operator.observe.MachineFacts;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.ProbeAnswer;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A cluster and a chain in memory, with a clock that the test turns. Its scheduler and kubelets do within a second what
 * real ones do; a cut zone's do nothing. An operator over it can be killed before any of its steps, and another goes on
 * from what was written.
 */
final class FakeCluster {
    /** Thrown where the operator is killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Pod {
        private final String node;
        private final long epoch;
        private final String signer;
        private final Action.Placement placement;
        private Optional<String> zone = Optional.empty();
        private boolean ready;
        private boolean terminating;
        private Instant since;

        Pod(String node, long epoch, String signer, Action.Placement placement, Instant since) {
            this.node = node;
            this.epoch = epoch;
            this.signer = signer;
            this.placement = placement;
            this.since = since;
        }
    }

    private static final class Lease {
        private Optional<String> holder = Optional.empty();
        private Instant changed = Instant.EPOCH;
    }

    private final BillingNodeSpec spec;
    private Instant now = Worlds.NOW;
    private BillingNodeStatus status = BillingNodeStatus.EMPTY;
    private final Map<String, Pod> pods = new TreeMap<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, Long> services = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<Integer, ChainFacts> chain = new HashMap<>();
    private final Map<Integer, ChainTask> tasks = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final List<String> registrations = new ArrayList<>();
    private int keysMade;
    private int steps;
    private int killAt = Integer.MAX_VALUE;
    private @Nullable Killed killed;

    FakeCluster(BillingNodeSpec spec) {
        this.spec = spec;
    }

    // ---- what a test does

    void cutZone(String zone) {
        cut.add(zone);
    }

    /** The operator is killed before its {@code step}-th step from now on. */
    void killAt(int step) {
        steps = 0;
        killAt = step;
    }

    boolean wasKilled() {
        return killed != null;
    }

    /** Passes and the rest of the world, in turn, for this long; a killed operator is started anew. */
    void run(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            try {
                pass();
            } catch (Killed death) {
                killed = death;
                killAt = Integer.MAX_VALUE; // its successor knows nothing but what was written
                tasks.clear();
            }
            others();
            now = now.plusMillis(500);
        }
    }

    // ---- the operator

    private void pass() {
        World world = observe();
        Plan plan = Decide.plan(world);
        List<NodeStatus> nodes = new ArrayList<>();
        for (NodePlan node : plan.nodes()) {
            for (Action action : node.actions()) {
                perform(action);
            }
            node.chainTask().ifPresent(task -> tasks.put(task.index(), task));
            node.next().ifPresent(nodes::add);
        }
        step();
        status = new BillingNodeStatus(1L, 0, 0, "", List.of(), List.of(), nodes, plan.zones(), plan.breaker());
    }

    /** An instant before which the operator may be killed. */
    private void step() {
        if (++steps == killAt) {
            throw new Killed();
        }
    }

    private void perform(Action action) {
        step();
        switch (action) {
            case Action.Ensure(String node, int _, long epoch) -> services.put(node, epoch);
            case Action.HandLease(String node, String pod) -> {
                Lease lease = leases.computeIfAbsent(node, _ -> new Lease());
                if (!lease.holder.equals(Optional.of(pod))) {
                    lease.holder = Optional.of(pod);
                    lease.changed = now;
                }
            }
            case Action.CreateEpoch create -> {
                String name = Names.epoch(create.node(), create.epoch());
                String signer = keys.computeIfAbsent(name, _ -> "0xkey" + ++keysMade);
                step();
                pods.computeIfAbsent(
                        name, _ -> new Pod(create.node(), create.epoch(), signer, create.placement(), now));
            }
            case Action.DeleteEpochs(String node, List<Long> epochs, boolean force) -> {
                for (long epoch : epochs) {
                    step();
                    String name = Names.epoch(node, epoch);
                    keys.remove(name);
                    Pod pod = pods.get(name);
                    if (pod != null && (force || pod.zone.isEmpty())) {
                        pods.remove(name);
                    } else if (pod != null) {
                        pod.terminating = true;
                    }
                }
            }
            case Action.RemoveNode(String node) -> {
                services.remove(node);
                leases.remove(node);
            }
        }
    }

    private World observe() {
        Map<String, MachineFacts> machines = new HashMap<>();
        for (String zone : List.of("zone-a", "zone-b", "zone-c")) {
            machines.put(zone + "-1", new MachineFacts(zone + "-1", zone, true, true));
        }
        TreeMap<Integer, NodeStatus> known = new TreeMap<>();
        for (int i = 0; i < spec.replicas(); i++) {
            known.put(i, NodeStatus.fresh(Names.node("shop", i), i));
        }
        status.nodes().forEach(node -> known.put(node.index(), node));
        List<NodeFacts> nodes = new ArrayList<>();
        for (NodeStatus node : known.values()) {
            List<PodFacts> mine = pods.values().stream()
                    .filter(pod -> pod.node.equals(node.name()))
                    .map(this::facts)
                    .toList();
            Lease lease = leases.getOrDefault(node.name(), new Lease());
            ProbeAnswer probe = Optional.ofNullable(pods.get(Names.epoch(node.name(), node.epoch())))
                    .filter(this::answers)
                    .map(_ -> ProbeAnswer.ANSWERS)
                    .orElse(ProbeAnswer.FAILS);
            nodes.add(new NodeFacts(
                    node,
                    mine,
                    new LeaseFacts(
                            leases.containsKey(node.name()),
                            lease.holder,
                            Duration.between(lease.changed, now),
                            lease.changed),
                    probe,
                    Optional.of(chain.getOrDefault(node.index(), Worlds.unregistered()))));
        }
        return new World(
                now,
                "billing",
                "shop",
                spec,
                status,
                true,
                nodes,
                machines,
                List.of(),
                Set.of(),
                Map.of(),
                Optional.empty());
    }

    private PodFacts facts(Pod pod) {
        return new PodFacts(
                Names.epoch(pod.node, pod.epoch),
                pod.node + pod.epoch,
                pod.epoch,
                Optional.of(pod.signer),
                pod.zone.map(zone -> zone + "-1"),
                Optional.of("127.0.0.1"),
                false,
                pod.ready,
                pod.zone.isPresent(),
                pod.ready,
                0,
                Optional.empty(),
                pod.terminating);
    }

    // ---- everybody else

    private void others() {
        for (Pod pod : List.copyOf(pods.values())) {
            if (pod.zone.isEmpty()) {
                pod.zone = schedule(pod.placement);
            } else if (!cut.contains(pod.zone.get())) {
                if (pod.terminating) {
                    pods.remove(Names.epoch(pod.node, pod.epoch));
                } else if (Duration.between(pod.since, now).toSeconds() >= 2) {
                    pod.ready = true;
                }
            }
            if (answers(pod)) {
                renew(pod);
            }
        }
        tasks.values().forEach(this::work);
    }

    private boolean answers(Pod pod) {
        return pod.ready && pod.zone.filter(zone -> !cut.contains(zone)).isPresent();
    }

    private void renew(Pod pod) {
        Lease lease = leases.get(pod.node);
        if (lease != null && lease.holder.equals(Optional.of(Names.epoch(pod.node, pod.epoch)))) {
            lease.changed = now;
        }
    }

    private Optional<String> schedule(Action.Placement placement) {
        return java.util.stream.Stream.of("zone-a", "zone-b", "zone-c")
                .filter(zone -> !placement.excludedZones().contains(zone))
                .filter(zone ->
                        placement.onlyZones().isEmpty() || placement.onlyZones().contains(zone))
                .max(Comparator.comparingInt(zone -> placement.zoneWeights().getOrDefault(zone, 0)));
    }

    private void work(ChainTask task) {
        ChainFacts facts = chain.getOrDefault(task.index(), Worlds.unregistered());
        switch (task) {
            case ChainTask.Look _ -> {}
            case ChainTask.Register register -> {
                if (register.epoch() > facts.epoch()) {
                    registrations.add(register.index() + "/" + register.epoch());
                    chain.put(
                            task.index(),
                            new ChainFacts(
                                    "id", true, register.epoch(), register.signer(), true, 1, now, Optional.empty()));
                }
            }
            case ChainTask.Fence _ ->
                chain.put(
                        task.index(),
                        new ChainFacts("id", true, facts.epoch(), facts.signer(), false, 1, now, Optional.empty()));
        }
    }

    // ---- what a test asks

    BillingNodeStatus status() {
        return status;
    }

    int steps() {
        return steps;
    }

    /** Nodes whose serving epoch has a ready pod in a living zone, its Lease, its Service, and the chain. */
    List<String> serving() {
        return status.nodes().stream()
                .filter(node -> node.failover() == null && node.removal() == null)
                .filter(node -> {
                    Pod pod = pods.get(Names.epoch(node.name(), node.epoch()));
                    ChainFacts facts = chain.getOrDefault(node.index(), Worlds.unregistered());
                    return pod != null
                            && answers(pod)
                            && Long.valueOf(node.epoch()).equals(services.get(node.name()))
                            && Optional.ofNullable(leases.get(node.name()))
                                    .flatMap(lease -> lease.holder)
                                    .equals(Optional.of(Names.epoch(node.name(), node.epoch())))
                            && facts.shows(node.epoch(), pod.signer);
                })
                .map(NodeStatus::name)
                .toList();
    }

    /** Pods that are meant to live, per node. */
    Map<String, Integer> livingPods() {
        Map<String, Integer> living = new TreeMap<>();
        pods.values().stream().filter(pod -> !pod.terminating).forEach(pod -> living.merge(pod.node, 1, Integer::sum));
        return living;
    }

    Set<String> keyNames() {
        return Set.copyOf(keys.keySet());
    }

    List<String> zones() {
        return status.nodes().stream()
                .map(node -> Optional.ofNullable(node.zone()).orElse("nowhere"))
                .toList();
    }

    /** Every registration that the chain took, in order: {@code index/epoch}. */
    List<String> registrations() {
        return List.copyOf(registrations);
    }

    Instant now() {
        return now;
    }
}
