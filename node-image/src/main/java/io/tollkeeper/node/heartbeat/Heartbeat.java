package io.tollkeeper.node.heartbeat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.node.config.NodeSettings.LeaseSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Renews this node's Lease while it is the holder; each renewal follows a synced write, so that a node whose disk is
 * frozen does not look alive. A Lease that is gone or names another closes the {@link Gate}; an API server that is away
 * changes nothing, for the operator sees the node through its own probe.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class);

    /** Made on the heartbeat's thread: loading the client takes a while, and starting must not wait for it. */
    private final Supplier<LeaseApi> connect;

    private final LeaseSettings settings;
    private final SyncedWrite syncedWrite;
    private final Gate gate;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("heartbeat").factory());

    private @Nullable LeaseApi api;
    private @Nullable Lease known;
    private boolean released;
    private volatile Optional<Instant> renewed = Optional.empty();

    /** Writes something of its own to the disk and waits until it is there; throws when it is not. */
    public interface SyncedWrite {
        void run() throws Exception;
    }

    public Heartbeat(String namespace, LeaseSettings settings, SyncedWrite syncedWrite, Gate gate, Clock clock) {
        this(
                () -> new KubernetesLeaseApi(namespace, settings.name(), settings.holder()),
                settings,
                syncedWrite,
                gate,
                clock);
    }

    Heartbeat(Supplier<LeaseApi> connect, LeaseSettings settings, SyncedWrite syncedWrite, Gate gate, Clock clock) {
        this.connect = connect;
        this.settings = settings;
        this.syncedWrite = syncedWrite;
        this.gate = gate;
        this.clock = clock;
    }

    public void start() {
        long period = settings.renewInterval().toMillis();
        var _ = thread.scheduleAtFixedRate(this::beat, 0, period, TimeUnit.MILLISECONDS);
    }

    /** One renewal, or one look at a Lease that is not ours. */
    void beat() {
        if (released) {
            return;
        }
        try {
            syncedWrite.run();
            LeaseAnswer answer = known == null ? api().read() : new LeaseAnswer.Ours(known);
            if (answer instanceof LeaseAnswer.Ours(Lease lease)) {
                answer = api().write(renewal(lease));
            }
            heard(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warnf("no heartbeat: %s", e);
        }
    }

    private void heard(LeaseAnswer answer) {
        switch (answer) {
            case LeaseAnswer.Ours(Lease lease) -> {
                known = lease;
                renewed = Optional.of(clock.instant());
                gate.open(Closed.LEASE_LOST);
            }
            case LeaseAnswer.Lost(String why) -> {
                known = null;
                if (gate.close(Closed.LEASE_LOST, why)) {
                    LOG.warnf("read-only: %s", why);
                }
            }
            case LeaseAnswer.Unknown(String why) -> {
                known = null;
                LOG.warnf("the Lease could not be renewed: %s", why);
            }
        }
    }

    private Lease renewal(Lease lease) {
        Optional<String> sick = gate.sick();
        LeaseBuilder next = new LeaseBuilder(lease);
        if (sick.isPresent()) {
            next.editMetadata().addToAnnotations(NodeLabels.SICK, sick.get()).endMetadata();
        } else {
            next.editMetadata().removeFromAnnotations(NodeLabels.SICK).endMetadata();
        }
        return next.editSpec()
                .withRenewTime(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .withLeaseDurationSeconds((int) settings.duration().toSeconds())
                .endSpec()
                .build();
    }

    /** Age of the last renewal. */
    public Optional<Duration> age() {
        return renewed.map(at -> Duration.between(at, clock.instant()));
    }

    /** Gives the Lease up, if it is ours, and renews no more. */
    public void release(Duration patience) {
        try {
            thread.submit(this::releaseNow).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warnf("the Lease was not released: %s", e);
        }
    }

    void releaseNow() {
        released = true;
        if (api().read() instanceof LeaseAnswer.Ours(Lease lease)) {
            Lease free = new LeaseBuilder(lease)
                    .editSpec()
                    .withHolderIdentity(null)
                    .withLeaseDurationSeconds(1)
                    .endSpec()
                    .build();
            api().write(free);
        }
    }

    private LeaseApi api() {
        if (api == null) {
            api = connect.get();
        }
        return api;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        if (api != null) {
            api.close();
        }
    }
}
