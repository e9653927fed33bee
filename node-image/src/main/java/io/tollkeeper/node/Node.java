package io.tollkeeper.node;

import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.chain.Follower;
import io.tollkeeper.chain.FollowerReport;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxPolicy;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.node.anchor.Anchorer;
import io.tollkeeper.node.anchor.StoredOutbox;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.heartbeat.Heartbeat;
import io.tollkeeper.node.keeper.Keeper;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.receiver.AckWriter;
import io.tollkeeper.node.receiver.Queries;
import io.tollkeeper.node.receiver.Receiver;
import io.tollkeeper.node.rules.Admission;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.node.view.AgreementBook;
import io.tollkeeper.node.view.AnchoredLog;
import io.tollkeeper.node.view.ChainView;
import io.tollkeeper.node.view.FollowLoop;
import io.tollkeeper.node.view.Registration;
import io.tollkeeper.node.view.StoredCursor;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** The whole node without its doors: put together here, part by part, and taken apart in the opposite order. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Node.class);

    /** The process's node. Quarkus makes the beans of the doors itself; this is where they find what main has opened. */
    private static final CompletableFuture<Node> RUNNING = new CompletableFuture<>();

    private final NodeSettings settings;
    private final Clock clock;
    private final Gate gate = new Gate();
    private final NodeMetrics metrics = new NodeMetrics();
    private final Store store;
    private final Committer committer;
    private final UsageLog log;
    private final AnchoredLog anchored;
    private final ChainEndpoints endpoints;
    private final Follower follower;
    private final FollowLoop followLoop;
    private final Registration registration;
    private final Sender sender;
    private final Receiver receiver;
    private final Queries queries;
    private final NodeStatus status;
    private final Optional<Heartbeat> heartbeat;
    private boolean drained;

    public Node(NodeSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;

        store = Store.open(settings.dataDir());
        log = new UsageLog(store, settings.epoch());
        Ledger ledger = new Ledger(log);
        committer = new Committer(store, ledger, metrics::synced);
        Records records = new Records(store);
        StoreOwner.takeOver(store, committer, ledger, records, settings);

        endpoints = ChainEndpoints.of(settings.chain());
        AgreementBook book = new AgreementBook(store);
        anchored = new AnchoredLog(settings, store, log, records, gate, clock);
        ChainView view = new ChainView(settings, store, committer, ledger, records, book, anchored, metrics);
        follower = new Follower(endpoints, settings.chain(), new StoredCursor(store, committer), view, clock);
        followLoop = new FollowLoop(follower, book, this::afterFollowing);

        UsageAnchorGateway usageAnchor =
                new UsageAnchorGateway(endpoints, settings.chain().usageAnchor());
        FeeVaultGateway vault = new FeeVaultGateway(endpoints, settings.chain().feeVault());
        Outbox outbox = new Outbox(
                new StoredOutbox(store, committer),
                settings.key(),
                endpoints,
                OutboxPolicy.withFinalityDepth(settings.chain().finalityDepth()),
                clock);
        registration = new Registration(settings, usageAnchor, log, gate);
        Anchorer anchorer =
                new Anchorer(settings, log, records, registration, usageAnchor, outbox, gate, metrics, clock);
        Keeper keeper = new Keeper(settings, records, book, vault, outbox, metrics, () -> view.chainTime()
                .getEpochSecond());
        keeper.recall(anchored);
        view.onAnchored(keeper::anchored);
        sender = new Sender(anchorer, keeper, outbox, registration);
        view.onRegistrationChange(sender::registrationChanged);

        AckWriter acks = new AckWriter(settings, anchored, metrics, clock);
        receiver = new Receiver(
                new Admission(settings.domain(), settings.plans()),
                followLoop,
                ledger,
                committer,
                acks,
                gate,
                metrics,
                clock);
        queries = new Queries(settings, followLoop, records, log, anchored, clock);
        status = new NodeStatus(settings, committer, gate, log, anchored, registration, clock);
        heartbeat = settings.lease()
                .map(lease -> new Heartbeat(settings.namespace(), lease, status::syncedWrite, gate, clock));
        registerGauges();
    }

    /** Opens the node and sets its threads going. */
    public static Node start(NodeSettings settings, Clock clock) {
        Node node = new Node(settings, clock);
        node.followLoop.start();
        node.sender.start();
        node.heartbeat.ifPresent(Heartbeat::start);
        LOG.infof(
                "%s, epoch %d, signer %s: %d records on the disk, %d plans",
                settings.nodeName(),
                settings.epoch(),
                settings.key().address().hex(),
                node.log.size(),
                settings.plans().size());
        return node;
    }

    /** The node of this process; waits while it opens. */
    public static Node running() {
        return RUNNING.join();
    }

    static void setRunning(Node node) {
        RUNNING.complete(node);
    }

    /** Records are refused when the view of the chain is older than the plans allow; anchoring waits, keeping does not. */
    private void afterFollowing(FollowerReport report) {
        Duration most = settings.viewAgeMax();
        // After a restart with the chain away the last final block says how old the view is.
        Optional<Duration> age = follower.viewAge()
                .or(() -> report.finalUpTo().map(block -> Duration.between(block.time(), clock.instant())));
        if (age.isPresent() && age.get().compareTo(most) > 0) {
            gate.close(Closed.VIEW_OLD, "the newest block seen is " + age.get().toSeconds() + " s old");
        } else {
            gate.open(Closed.VIEW_OLD);
        }
    }

    public Receiver receiver() {
        return receiver;
    }

    public Queries queries() {
        return queries;
    }

    public NodeStatus status() {
        return status;
    }

    public NodeMetrics metrics() {
        return metrics;
    }

    private void registerGauges() {
        metrics.gauge("tollkeeper_log_size", "Records in this epoch's log.", log::size);
        metrics.gauge("tollkeeper_log_anchored_size", "Records of it that are anchored, finally.", anchored::size);
        metrics.gauge(
                "tollkeeper_anchor_age_seconds",
                "Time since the newest anchor became final while records wait for one; 0 while none waits.",
                () -> seconds(anchored.waiting()));
        metrics.gauge(
                "tollkeeper_outbox_rows",
                "Transactions queued or on their way.",
                () -> sender.report().waiting() + sender.report().inFlight());
        metrics.gauge(
                "tollkeeper_chain_view_age_seconds",
                "Age of the newest block seen; -1 before the first.",
                () -> follower.viewAge().map(Node::seconds).orElse(-1.0));
        metrics.gauge(
                "tollkeeper_registered",
                "1 while the chain takes anchors from this epoch's key.",
                () -> registration.isActive() ? 1 : 0);
        metrics.gauge(
                "tollkeeper_accepting",
                "1 while records are accepted.",
                () -> gate.reason().isEmpty() ? 1 : 0);
        heartbeat.ifPresent(beats -> metrics.gauge(
                "tollkeeper_heartbeat_age_seconds",
                "Time since the Lease was renewed; -1 before the first time.",
                () -> beats.age().map(Node::seconds).orElse(-1.0)));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    /** Takes no more, brings home what was taken, gives the Lease up. Ends within the drain deadline. */
    public synchronized void drain() {
        if (drained) {
            return;
        }
        drained = true;
        long deadline = System.nanoTime() + settings.drainDeadline().toNanos();
        gate.close(Closed.DRAINING, "the node is shutting down");
        try {
            receiver.drain(until(deadline));
            if (!sender.drain(until(deadline))) {
                LOG.warn("the last anchor was not mined before the drain's deadline");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        heartbeat.ifPresent(beats -> beats.release(Duration.ofSeconds(2)));
        LOG.infof("drained: %d records, %d of them finally anchored", log.size(), anchored.size());
    }

    private static Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    @Override
    public void close() {
        heartbeat.ifPresent(Heartbeat::close);
        followLoop.close();
        sender.close();
        committer.close();
        receiver.close();
        endpoints.close();
        store.close();
    }
}
