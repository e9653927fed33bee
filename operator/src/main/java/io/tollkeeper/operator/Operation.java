package io.tollkeeper.operator;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.act.Actor;
import io.tollkeeper.operator.act.DesiredObjects;
import io.tollkeeper.operator.act.FreshKeys;
import io.tollkeeper.operator.chain.ChainWorker;
import io.tollkeeper.operator.chain.ConfiguredChains;
import io.tollkeeper.operator.observe.DetectionClock;
import io.tollkeeper.operator.observe.LeaseTracker;
import io.tollkeeper.operator.observe.MachineLeases;
import io.tollkeeper.operator.observe.Observer;
import io.tollkeeper.operator.observe.Prober;
import io.tollkeeper.operator.observe.Sources;
import io.tollkeeper.operator.observe.Suspects;
import io.tollkeeper.operator.report.Changes;
import io.tollkeeper.operator.report.EventRecorder;
import io.tollkeeper.operator.report.Metrics;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The parts of one running operator, put together. */
public final class Operation implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Operation.class);

    private final KubernetesClient client;
    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Metrics metrics = new Metrics();
    private final EventRecorder events;
    private final Actor actor;
    private final ConfiguredChains chains;
    private final ChainWorker worker;
    private final Watch watch;
    private final DetectionClock detection = new DetectionClock(System::nanoTime);
    private final LeaseTracker leases = new LeaseTracker(clock);
    private final MachineLeases machineLeases = new MachineLeases(leases);
    private final Suspects suspects = new Suspects();
    private final Prober prober = new Prober(System::nanoTime);
    private volatile @Nullable Sources sources;
    private volatile @Nullable Observer observer;

    public Operation(KubernetesClient client, KubernetesClient pulse, OperatorSettings settings) {
        this.client = client;
        this.events = new EventRecorder(client, clock);
        this.actor = new Actor(client, new FreshKeys(), settings.nodeImage(), clock);
        this.chains = new ConfiguredChains(client, settings.namespace(), clock);
        this.worker = new ChainWorker(chains, clock, this::call);
        this.watch = new Watch(this, pulse, settings.namespace());
    }

    /** Called once, when the controller is set up. */
    Sources watch(EventSourceContext<BillingNode> context) {
        Sources made = new Sources(context);
        sources = made;
        observer =
                new Observer(client, made, detection, leases, machineLeases, prober, worker, chains, suspects, clock);
        return made;
    }

    /** Begins to follow Leases and chains; on a standby replica too. */
    void start() {
        watch.start();
    }

    Optional<Sources> sources() {
        return Optional.ofNullable(sources);
    }

    Observer observer() {
        Observer ready = observer;
        if (ready == null) {
            throw new IllegalStateException("the controller is not set up");
        }
        return ready;
    }

    private void call(String namespace, String billingNode) {
        sources().ifPresent(ready -> ready.call(namespace, billingNode));
    }

    void publishServers(BillingNode billingNode, List<BillingNodeStatus.Server> servers) {
        try {
            actor.apply(new DesiredObjects(billingNode).servers(servers));
        } catch (KubernetesClientException e) {
            LOG.warnf("servers of %s: %s", billingNode.getMetadata().getName(), e.getMessage());
        }
    }

    /** Says what a written status says for the first time. */
    void report(BillingNode billingNode, BillingNodeStatus before, BillingNodeStatus after) {
        if (!before.equals(after)) {
            Changes.between(before, after, metrics).forEach(note -> events.record(billingNode, note));
        }
        metrics.status(
                billingNode.getMetadata().getNamespace(),
                billingNode.getMetadata().getName(),
                billingNode.getSpec().replicas(),
                after);
    }

    /** A node is gone for good. */
    void forget(BillingNode billingNode, NodeStatus node) {
        String namespace = billingNode.getMetadata().getNamespace();
        worker.forget(namespace, billingNode.getMetadata().getName(), node.index());
        leases.forget(namespace + "/" + node.name());
        suspects.forget(namespace + "/" + node.name());
    }

    /** A BillingNode is gone. */
    void forget(BillingNode billingNode, BillingNodeStatus last) {
        String namespace = billingNode.getMetadata().getNamespace();
        String name = billingNode.getMetadata().getName();
        last.nodes().forEach(node -> {
            leases.forget(namespace + "/" + node.name());
            suspects.forget(namespace + "/" + node.name());
        });
        worker.forget(namespace, name);
        metrics.forget(namespace, name, last);
    }

    /** Whether the namespace itself is being deleted; not known counts as no. */
    boolean namespaceEnding(String namespace) {
        try {
            Namespace found = client.namespaces().withName(namespace).get();
            return found == null || found.getMetadata().getDeletionTimestamp() != null;
        } catch (KubernetesClientException e) {
            LOG.debugf("namespace %s: %s", namespace, e.getMessage());
            return false;
        }
    }

    KubernetesClient client() {
        return client;
    }

    Clock clock() {
        return clock;
    }

    Metrics metrics() {
        return metrics;
    }

    EventRecorder events() {
        return events;
    }

    Actor actor() {
        return actor;
    }

    ConfiguredChains chains() {
        return chains;
    }

    ChainWorker worker() {
        return worker;
    }

    DetectionClock detection() {
        return detection;
    }

    LeaseTracker leases() {
        return leases;
    }

    MachineLeases machineLeases() {
        return machineLeases;
    }

    Suspects suspects() {
        return suspects;
    }

    @Override
    public void close() {
        watch.close();
        worker.close();
        chains.close();
        prober.close();
    }
}
