package io.tollkeeper.node;

import com.google.protobuf.ByteString;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.view.AnchoredLog;
import io.tollkeeper.node.view.Registration;
import io.tollkeeper.protocol.v1.StatusAnswer;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the node stands. Told after a synced write, so that a node with a frozen disk does not answer. */
public final class NodeStatus {
    private static final byte[] PROBE = Keys.meta("probe");
    private static final long SYNC_SECONDS_MAX = 2;

    private final NodeSettings settings;
    private final Committer committer;
    private final Gate gate;
    private final UsageLog log;
    private final AnchoredLog anchored;
    private final Registration registration;
    private final Clock clock;

    NodeStatus(
            NodeSettings settings,
            Committer committer,
            Gate gate,
            UsageLog log,
            AnchoredLog anchored,
            Registration registration,
            Clock clock) {
        this.settings = settings;
        this.committer = committer;
        this.gate = gate;
        this.log = log;
        this.anchored = anchored;
        this.registration = registration;
        this.clock = clock;
    }

    public StatusAnswer afterSyncedWrite() throws InterruptedException, ExecutionException, TimeoutException {
        syncedWrite();
        Optional<Gate.Reason> reason = gate.reason();
        return StatusAnswer.newBuilder()
                .setNodeName(settings.nodeName())
                .setNodeId(ByteString.copyFrom(settings.nodeId().toByteArray()))
                .setEpoch(settings.epoch())
                .setAccepting(reason.isEmpty())
                .setReason(reason.map(why -> why.closed() + ": " + why.detail()).orElse(""))
                .setLogSize(log.size())
                .setAnchoredSize(anchored.size())
                .setRegistered(registration.isActive())
                .build();
    }

    /** Writes something and waits until it is on the disk; what it finds out about the disk, the gate hears. */
    void syncedWrite() throws InterruptedException, ExecutionException, TimeoutException {
        byte[] now = ByteBuffer.allocate(Long.BYTES).putLong(clock.millis()).array();
        try {
            committer.commit(group -> group.put(PROBE, now)).get(SYNC_SECONDS_MAX, TimeUnit.SECONDS);
            gate.open(Closed.STORE_FAILING);
        } catch (ExecutionException | TimeoutException e) {
            gate.close(Closed.STORE_FAILING, "a synced write failed: " + e);
            throw e;
        }
    }

    /** Why the node is not ready; the chain is no reason, nor is a fence: those are told by the status. */
    public Optional<String> notReady() {
        try {
            syncedWrite();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of("the store does not sync: " + e);
        }
    }
}
