package io.tollkeeper.operator.report;

import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What happened between two statuses that were both written: the notes for people, and the figures of moves. */
public final class Changes {
    private final List<Note> notes = new ArrayList<>();
    private final Metrics metrics;

    private Changes(Metrics metrics) {
        this.metrics = metrics;
    }

    public static List<Note> between(BillingNodeStatus before, BillingNodeStatus after, Metrics metrics) {
        Changes changes = new Changes(metrics);
        for (NodeStatus node : after.nodes()) {
            changes.node(before.node(node.name()).orElseGet(() -> NodeStatus.fresh(node.name(), node.index())), node);
        }
        for (NodeStatus node : before.nodes()) {
            if (after.node(node.name()).isEmpty()) {
                changes.notes.add(Note.normal("NodeRemoved", node.name() + " is fenced and gone"));
            }
        }
        changes.breaker(before, after);
        return changes.notes;
    }

    private void breaker(BillingNodeStatus before, BillingNodeStatus after) {
        if (!before.breaker().open() && after.breaker().open()) {
            notes.add(Note.warning(
                    "BreakerOpened", "no node is moved: " + after.breaker().reason()));
        }
        if (before.breaker().open() && !after.breaker().open()) {
            notes.add(Note.normal("BreakerClosed", "nodes are moved again"));
        }
    }

    private void node(NodeStatus before, NodeStatus after) {
        Move old = before.failover();
        Move move = after.failover();
        if (old == null && move != null) {
            begun(after, move);
        } else if (old != null && move != null && move.attempt() > old.attempt()) {
            notes.add(
                    Note.warning("MoveRetried", after.name() + ": " + move.reason() + "; next epoch " + move.epoch()));
            metrics.move(reason(move), "again");
        }
        if (move != null && move.boundAt() != null && (old == null || old.boundAt() == null)) {
            notes.add(Note.normal(
                    "NodePlaced",
                    after.name() + " epoch " + move.epoch() + " is bound to " + move.nodeName() + " in zone "
                            + move.zone()));
            metrics.phase("place", Duration.between(move.startedAt(), move.boundAt()));
        }
        if (old != null && move == null && after.removal() == null) {
            done(after, old);
        }
        verdict(before, after);
        registered(before, after);
        if (before.removal() == null && after.removal() != null) {
            notes.add(Note.normal("NodeRemoving", after.name() + " is one too many and ends"));
        }
    }

    private void begun(NodeStatus node, Move move) {
        metrics.move(reason(move), "begun");
        if (node.epoch() == 0) {
            notes.add(Note.normal("NodeCreating", node.name() + " begins with epoch " + move.epoch()));
            return;
        }
        Instant seen = move.lastSeenAt();
        if (seen != null) {
            metrics.phase("detect", Duration.between(seen, move.startedAt()));
        }
        notes.add(Note.warning(
                "NodeMoving",
                node.name() + " epoch " + node.epoch() + " in zone " + node.zone() + " is dead (" + move.reason()
                        + "); epoch " + move.epoch() + " takes over"
                        + (move.excludedZones().isEmpty()
                                ? ""
                                : ", not in " + String.join(", ", move.excludedZones()))));
    }

    private void done(NodeStatus node, Move move) {
        metrics.move(reason(move), "done");
        Instant bound = move.boundAt();
        Instant ready = move.readyAt();
        if (bound != null && ready != null) {
            metrics.phase("start", Duration.between(bound, ready));
        }
        Instant from = move.lastSeenAt() == null ? move.startedAt() : move.lastSeenAt();
        String took =
                ready == null ? "" : " after " + Duration.between(from, ready).toMillis() + " ms";
        notes.add(Note.normal(
                "NodeReady", node.name() + " epoch " + move.epoch() + " is Ready in zone " + move.zone() + took));
    }

    private void verdict(NodeStatus before, NodeStatus after) {
        if (after.verdict() == before.verdict()) {
            return;
        }
        if (after.verdict() == Verdict.CUT_OFF) {
            notes.add(Note.warning(
                    "NodeCutOff", after.name() + " answers, but does not renew its Lease: it is left where it is"));
        } else if (after.verdict() == Verdict.RESTARTING) {
            notes.add(Note.normal("NodeRestarting", after.name() + "'s container is restarting"));
        } else if (after.verdict() == Verdict.DEAD) {
            notes.add(Note.warning("NodeDead", after.name() + " is dead and waits to be moved"));
        }
    }

    private void registered(NodeStatus before, NodeStatus after) {
        Long epoch = after.registeredEpoch();
        if (epoch == null || Objects.equals(before.registeredEpoch(), epoch)) {
            return;
        }
        notes.add(Note.normal(
                "NodeRegistered",
                after.name() + " epoch " + epoch + " is registered on the chain in block " + after.registeredBlock()));
        Instant bound = Optional.ofNullable(after.failover())
                .map(Move::boundAt)
                .or(() -> after.history().stream().findFirst().map(NodeStatus.Past::boundAt))
                .orElse(null);
        Instant at = after.registeredAt();
        if (bound != null && at != null) {
            metrics.phase("register", Duration.between(bound, at));
        }
    }

    private static String reason(Move move) {
        int end = move.reason().indexOf(';');
        return end < 0 ? move.reason() : move.reason().substring(0, end);
    }
}
