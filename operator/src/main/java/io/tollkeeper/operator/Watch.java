package io.tollkeeper.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.operator.decide.Deaths;
import io.tollkeeper.operator.observe.DetectionClock;
import io.tollkeeper.operator.observe.LeaseFacts;
import io.tollkeeper.operator.observe.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What goes on beside reconcile, a few times a second: the pulse that drives the detection clock, the look at every
 * Lease for those that grow old, the chain worker's beat, and now and then the chains' ConfigMaps.
 */
final class Watch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Watch.class);
    private static final Duration BEAT = Duration.ofMillis(250);
    private static final Duration PULSE = Duration.ofMillis(500);
    private static final Duration CHAINS = Duration.ofSeconds(5);
    private static final Duration MACHINES = Duration.ofSeconds(3);

    /** How long after a death the kubelets' own Leases are read. */
    private static final Duration ALERT = Duration.ofMinutes(2);

    static final String LEADER_LEASE = "tollkeeper-operator";
    private static final String MACHINE_LEASES = "kube-node-lease";

    private final Operation operation;
    private final KubernetesClient pulse;
    private final String namespace;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(
            4, Thread.ofPlatform().daemon().name("watch-", 0).factory());

    Watch(Operation operation, KubernetesClient pulse, String namespace) {
        this.operation = operation;
        this.pulse = pulse;
        this.namespace = namespace;
    }

    void start() {
        every(PULSE, this::pulse);
        every(BEAT, this::leases);
        every(BEAT, operation.worker()::tick);
        every(CHAINS, this::chains);
        every(MACHINES, this::machines);
    }

    private void every(Duration period, Runnable task) {
        var _ = threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (KubernetesClientException e) {
                        LOG.debugf("%s", e.getMessage());
                    } catch (RuntimeException e) {
                        LOG.warn("watch", e);
                    }
                },
                0,
                period.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Without resourceVersion, so that the answer comes from the storage and not from a cache in front of it. */
    private void pulse() {
        try {
            pulse.leases().inNamespace(namespace).withName(LEADER_LEASE).get();
            operation.detection().succeeded();
        } finally {
            operation.metrics().clockRuns(operation.detection().read().runs());
        }
    }

    private void leases() {
        Optional<Sources> sources = operation.sources();
        DetectionClock.Reading reading = operation.detection().read();
        if (sources.isEmpty() || !reading.runs()) {
            return;
        }
        sources.get().leases().forEach(lease -> {
            String key = lease.getMetadata().getNamespace() + "/"
                    + lease.getMetadata().getName();
            LeaseFacts facts = operation.leases().observe(key, lease, reading);
            String billingNode = lease.getMetadata().getLabels().get(NodeLabels.BILLING_NODE);
            if (operation.suspects().crosses(key, facts.age()) && billingNode != null) {
                sources.get().call(lease.getMetadata().getNamespace(), billingNode);
            }
        });
    }

    private void chains() {
        if (operation.chains().refresh()) {
            operation.sources().ifPresent(sources -> sources.billingNodes()
                    .forEach(one -> sources.call(
                            one.getMetadata().getNamespace(), one.getMetadata().getName())));
        }
        operation
                .chains()
                .names()
                .forEach(chain -> operation.worker().health(chain).ifPresent(health -> {
                    operation.metrics().chain(chain, health.reachable());
                    health.adminBalance().ifPresent(wei -> operation.metrics().adminFunds(chain, wei));
                }));
    }

    private void machines() {
        Optional<Sources> sources = operation.sources();
        Instant horizon = operation.clock().instant().minus(ALERT);
        boolean alert = sources.isPresent()
                && sources.get()
                        .billingNodes()
                        .flatMap(one -> Deaths.remembered(
                                one.getMetadata().getNamespace(),
                                Optional.ofNullable(one.getStatus()).orElse(BillingNodeStatus.EMPTY))
                                .stream())
                        .anyMatch(death -> death.at().isAfter(horizon));
        if (!alert) {
            operation.machineLeases().forget();
            return;
        }
        operation
                .machineLeases()
                .heard(
                        pulse.leases().inNamespace(MACHINE_LEASES).list().getItems(),
                        operation.detection().read());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
