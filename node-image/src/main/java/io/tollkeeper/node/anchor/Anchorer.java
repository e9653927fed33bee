package io.tollkeeper.node.anchor;

import io.tollkeeper.chain.ChainCall;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxState;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.config.NodeSettings.AnchorSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.view.Registration;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Writes a checkpoint whenever records wait and the interval has passed. It does so while the chain takes this epoch's
 * key, a lost Lease or not: what was accepted is brought home as long as that is possible, and from the fence on the
 * contract refuses it. Called by one thread.
 */
public final class Anchorer {
    private static final Logger LOG = Logger.getLogger(Anchorer.class);

    /** Anchors on their way at once: with the chain away more of them would only cost more gas later. */
    private static final int PENDING_MAX = 4;

    private final NodeSettings settings;
    private final UsageLog log;
    private final Records records;
    private final Registration registration;
    private final UsageAnchorGateway gateway;
    private final Outbox outbox;
    private final Gate gate;
    private final NodeMetrics metrics;
    private final Clock clock;

    /** Outbox ids of anchors that are not final, by the size they carry. */
    private final TreeMap<Long, Long> pending = new TreeMap<>();

    private Instant queuedAt = Instant.EPOCH;

    public Anchorer(
            NodeSettings settings,
            UsageLog log,
            Records records,
            Registration registration,
            UsageAnchorGateway gateway,
            Outbox outbox,
            Gate gate,
            NodeMetrics metrics,
            Clock clock) {
        this.settings = settings;
        this.log = log;
        this.records = records;
        this.registration = registration;
        this.gateway = gateway;
        this.outbox = outbox;
        this.gate = gate;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Looks after the anchors on their way, and queues the next when it is due. */
    public void step() {
        lookAfterPending();
        boolean due = !clock.instant().isBefore(queuedAt.plus(settings.anchor().interval()));
        if (due) {
            queue();
        }
    }

    /**
     * Queues an anchor over everything, due or not; true when nothing is left to be queued or mined, or nothing can be:
     * a key that was fenced or never registered brings nothing home.
     */
    public boolean finish() {
        lookAfterPending();
        if (!mayAnchor()) {
            return true;
        }
        queue();
        boolean allMined = pending.values().stream().allMatch(id -> outbox.state(id) instanceof OutboxState.Mined);
        return lastQueued() >= log.size() && allMined;
    }

    private void queue() {
        while (mayAnchor() && pending.size() < PENDING_MAX && lastQueued() < log.size()) {
            long from = lastQueued();
            AnchorCut cut = settings.anchor().mode() == AnchorSettings.Mode.FULL
                    ? AnchorCut.full(log, records, from)
                    : AnchorCut.digest(log);
            String key = "anchor:" + settings.epoch() + ":" + cut.size();
            // Queued by this epoch's process before it was restarted: the same checkpoint, perhaps with other rows.
            OptionalLong known = outbox.find(key);
            long id = known.isPresent() ? known.getAsLong() : outbox.submit(key, call(cut));
            pending.put(cut.size(), id);
            queuedAt = clock.instant();
            metrics.anchorQueued();
            LOG.debugf("anchor of %d records queued (%d bytes of rows)", cut.size(), cut.rows().length);
        }
    }

    private boolean mayAnchor() {
        return registration.isActive()
                && !gate.isClosedFor(Closed.FENCED)
                && !gate.isClosedFor(Closed.LOG_BEHIND_CHAIN);
    }

    private ChainCall call(AnchorCut cut) {
        return gateway.anchor(settings.nodeId(), settings.epoch(), cut.size(), log.root(cut.size()), cut.rows());
    }

    private long lastQueued() {
        return Math.max(registration.anchoredSize(), pending.isEmpty() ? 0 : pending.lastKey());
    }

    private void lookAfterPending() {
        for (Map.Entry<Long, Long> each : Map.copyOf(pending).entrySet()) {
            switch (outbox.state(each.getValue())) {
                case OutboxState.Queued _, OutboxState.Sent _, OutboxState.Mined _ -> {}
                case OutboxState.Final _ -> {
                    registration.anchored(each.getKey());
                    pending.remove(each.getKey());
                }
                case OutboxState.Reverted reverted -> {
                    if (reverted.isFinal()) {
                        refused(each.getKey(), reverted.reason().toString());
                    }
                }
                case OutboxState.Refused(String why) -> refused(each.getKey(), why);
            }
        }
    }

    /** The chain does not take it: ask whether this epoch has ended, and plan anew from what the chain has. */
    private void refused(long size, String why) {
        LOG.warnf("the anchor of %d records was refused: %s", size, why);
        pending.remove(size);
        metrics.anchorRefused();
        registration.refresh();
    }
}
