package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.BillingNodeStatus.ZoneStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.HealthSpec;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.chain.ChainWorker;
import io.tollkeeper.operator.chain.Chains;
import io.tollkeeper.operator.decide.Deaths;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link World} from the caches. Where a cache says something that would kill a node (its pod is gone, its
 * Kubernetes Node is gone, its Lease is stale), the API server is asked itself before it is believed.
 */
public final class Observer {
    private final KubernetesClient client;
    private final Sources sources;
    private final DetectionClock detection;
    private final LeaseTracker leases;
    private final MachineLeases machineLeases;
    private final Prober prober;
    private final ChainWorker worker;
    private final Chains chains;
    private final Suspects suspects;
    private final Clock clock;

    public Observer(
            KubernetesClient client,
            Sources sources,
            DetectionClock detection,
            LeaseTracker leases,
            MachineLeases machineLeases,
            Prober prober,
            ChainWorker worker,
            Chains chains,
            Suspects suspects,
            Clock clock) {
        this.client = client;
        this.sources = sources;
        this.detection = detection;
        this.leases = leases;
        this.machineLeases = machineLeases;
        this.prober = prober;
        this.worker = worker;
        this.chains = chains;
        this.suspects = suspects;
        this.clock = clock;
    }

    public World observe(BillingNode billingNode) {
        String namespace = billingNode.getMetadata().getNamespace();
        String name = billingNode.getMetadata().getName();
        BillingNodeSpec spec = billingNode.getSpec();
        BillingNodeStatus status = Optional.ofNullable(billingNode.getStatus()).orElse(BillingNodeStatus.EMPTY);
        DetectionClock.Reading reading = detection.read();
        Map<String, MachineFacts> machines = new HashMap<>();
        sources.machines()
                .map(node -> MachineFacts.of(
                        node, spec.pod().nodeSelector(), spec.pod().tolerations()))
                .forEach(machine -> machines.put(machine.name(), machine));
        List<NodeFacts> nodes = new ArrayList<>();
        for (Map.Entry<Integer, List<PodFacts>> entry :
                podsByIndex(billingNode, status).entrySet()) {
            nodes.add(node(namespace, name, spec, status, entry.getKey(), entry.getValue(), machines, reading));
        }
        return new World(
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                namespace,
                name,
                spec,
                status,
                reading.runs(),
                nodes,
                machines,
                deathsElsewhere(billingNode),
                machineLeases.silentZones(machines.values(), reading),
                abnormalElsewhere(billingNode),
                chains.obstacle(spec.chain()));
    }

    /** Every node that should be, is known, or has a pod. */
    private Map<Integer, List<PodFacts>> podsByIndex(BillingNode billingNode, BillingNodeStatus status) {
        String namespace = billingNode.getMetadata().getNamespace();
        String name = billingNode.getMetadata().getName();
        Map<Integer, List<PodFacts>> byIndex = new TreeMap<>();
        for (int i = 0; i < billingNode.getSpec().replicas(); i++) {
            byIndex.put(i, new ArrayList<>());
        }
        status.nodes().forEach(node -> byIndex.computeIfAbsent(node.index(), _ -> new ArrayList<>()));
        for (Pod pod : sources.pods(namespace, name)) {
            Optional.ofNullable(pod.getMetadata().getLabels().get(NodeLabels.NODE))
                    .map(node -> Names.index(name, node))
                    .ifPresent(index -> index.ifPresent(i ->
                            byIndex.computeIfAbsent(i, _ -> new ArrayList<>()).add(PodFacts.of(pod))));
        }
        return byIndex;
    }

    private NodeFacts node(
            String namespace,
            String billingNode,
            BillingNodeSpec spec,
            BillingNodeStatus status,
            int index,
            List<PodFacts> pods,
            Map<String, MachineFacts> machines,
            DetectionClock.Reading reading) {
        String name = Names.node(billingNode, index);
        NodeStatus node = status.node(name).orElseGet(() -> NodeStatus.fresh(name, index));
        if (reading.runs() && node.failover() == null && node.removal() == null && node.epoch() > 0) {
            confirmGone(namespace, node, pods, machines, spec);
        }
        LeaseFacts lease = lease(namespace, name, spec.health(), reading);
        Optional<PodFacts> serving =
                pods.stream().filter(pod -> pod.epoch() == node.epoch()).findFirst();
        ProbeAnswer probe = node.failover() == null && serving.isPresent()
                ? probe(namespace, billingNode, name, serving.get(), lease, spec.health(), reading)
                : ProbeAnswer.NONE;
        return new NodeFacts(node, pods, lease, probe, worker.facts(namespace, billingNode, index));
    }

    /** A pod or Kubernetes Node that the cache does not have is asked for before it counts as gone. */
    private void confirmGone(
            String namespace,
            NodeStatus node,
            List<PodFacts> pods,
            Map<String, MachineFacts> machines,
            BillingNodeSpec spec) {
        Optional<PodFacts> serving =
                pods.stream().filter(pod -> pod.epoch() == node.epoch()).findFirst();
        if (serving.isEmpty()) {
            @Nullable
            Pod pod = client.pods()
                    .inNamespace(namespace)
                    .withName(Names.epoch(node.name(), node.epoch()))
                    .get();
            if (pod != null) {
                pods.add(PodFacts.of(pod));
                serving = Optional.of(PodFacts.of(pod));
            }
        }
        Optional<String> machine = serving.flatMap(PodFacts::machine);
        if (machine.isPresent() && !machines.containsKey(machine.get())) {
            @Nullable Node found = client.nodes().withName(machine.get()).get();
            if (found != null) {
                machines.put(
                        machine.get(),
                        MachineFacts.of(
                                found, spec.pod().nodeSelector(), spec.pod().tolerations()));
            }
        }
    }

    private LeaseFacts lease(String namespace, String name, HealthSpec health, DetectionClock.Reading reading) {
        String key = namespace + "/" + name;
        LeaseFacts cached = leases.observe(key, sources.lease(namespace, name).orElse(null), reading);
        Duration stale = Durations.parse(health.leaseDuration());
        suspects.watch(key, stale.minus(Durations.parse(health.probeTimeout())), stale);
        if (!reading.runs() || cached.age().compareTo(stale) < 0) {
            return cached;
        }
        @Nullable
        Lease live = client.leases().inNamespace(namespace).withName(name).get();
        return leases.observe(key, live, reading);
    }

    /** Asks the pod when its Lease is old enough that the answer may be needed soon. */
    private ProbeAnswer probe(
            String namespace,
            String billingNode,
            String node,
            PodFacts pod,
            LeaseFacts lease,
            HealthSpec health,
            DetectionClock.Reading reading) {
        Duration timeout = Durations.parse(health.probeTimeout());
        Duration suspicious = Durations.parse(health.leaseDuration()).minus(timeout);
        if (!reading.runs() || lease.age().compareTo(suspicious) < 0) {
            prober.forget(pod.uid());
            return ProbeAnswer.NONE;
        }
        prober.probe(pod, timeout, () -> sources.call(namespace, billingNode));
        return prober.answer(pod, leases.changedNanos(namespace + "/" + node).orElse(reading.now()));
    }

    private List<Death> deathsElsewhere(BillingNode self) {
        return others(self)
                .flatMap(other -> Deaths.remembered(
                        other.getMetadata().getNamespace(),
                        Optional.ofNullable(other.getStatus()).orElse(BillingNodeStatus.EMPTY))
                        .stream())
                .toList();
    }

    private Map<String, Instant> abnormalElsewhere(BillingNode self) {
        Map<String, Instant> abnormal = new TreeMap<>();
        others(self)
                .flatMap(other ->
                        Optional.ofNullable(other.getStatus()).map(BillingNodeStatus::zones).orElse(List.of()).stream())
                .filter(zone -> zone.state() == ZoneStatus.State.Abnormal)
                .filter(zone -> !"SeenElsewhere".equals(zone.reason()))
                .forEach(zone -> {
                    Instant until = zone.until();
                    if (until != null) {
                        abnormal.merge(zone.name(), until, (one, two) -> one.isAfter(two) ? one : two);
                    }
                });
        return abnormal;
    }

    private java.util.stream.Stream<BillingNode> others(BillingNode self) {
        String uid = self.getMetadata().getUid();
        return sources.billingNodes()
                .filter(other -> !other.getMetadata().getUid().equals(uid));
    }
}
