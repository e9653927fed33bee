package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus.BreakerStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.MovePhase;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.observe.ChainFacts;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node that is not in a move: judged, and moved if it is dead and may move. */
final class Serving {
    /** While a verdict hangs on a probe, how soon to look again. */
    private static final Duration SOON = Duration.ofMillis(500);

    private Serving() {}

    /** A node of which nothing exists: its first epoch. */
    static NodePlan first(World world, NodeFacts node, ZoneView zones) {
        NodeStatus status = withChain(node);
        boolean mayPlace = !world.spec().paused().enabled() && world.obstacle().isEmpty();
        if (!mayPlace || node.chain().isEmpty()) {
            // The first epoch must be above what the chain remembers of an earlier node of this name.
            return new NodePlan(node.status(), Optional.of(status), List.of(), look(node), Optional.empty());
        }
        Move move = begin(world, node, zones, Reason.Created, List.of(), List.of());
        return new NodePlan(
                node.status(),
                Optional.of(status.toBuilder().failover(move).build()),
                List.of(),
                look(node),
                Optional.empty());
    }

    static NodePlan plan(World world, NodeFacts node, ZoneView zones, BreakerStatus breaker) {
        NodeStatus status = withChain(node);
        Optional<ChainTask> task = register(status);
        if (!world.clockRuns()) {
            return new NodePlan(
                    node.status(),
                    Optional.of(status),
                    List.of(),
                    task,
                    Optional.of(world.now().plusSeconds(1)));
        }
        boolean paused = world.spec().paused().enabled();
        if (!paused && passed(node, status)) {
            Move move = begin(world, node, zones, Reason.EpochPassed, List.of(), List.of());
            return new NodePlan(node.status(), Optional.of(moving(status, move)), List.of(), task, Optional.empty());
        }
        Judgement judgement = Judge.judge(world, node);
        boolean same = status.verdict() == judgement.verdict();
        Instant since = same && status.since() != null ? status.since() : world.now();
        NodeStatus judged = status.toBuilder()
                .verdict(judgement.verdict(), since, judgement.lookAgain().orElse(null))
                .build();
        if (judgement.verdict() == Verdict.DEAD) {
            Optional<Instant> allowedAt = allowedAt(world, status, since, breaker);
            if (allowedAt.isPresent() && !world.now().isBefore(allowedAt.get())) {
                return new NodePlan(
                        node.status(),
                        Optional.of(moving(
                                judged,
                                death(world, node, zones, judgement.reason().orElseThrow()))),
                        List.of(),
                        task,
                        Optional.empty());
            }
            return new NodePlan(node.status(), Optional.of(judged), List.of(), task, allowedAt);
        }
        return new NodePlan(node.status(), Optional.of(judged), upkeep(node, status), task, wake(world, judgement));
    }

    private static Optional<Instant> wake(World world, Judgement judgement) {
        return switch (judgement.verdict()) {
            case PROBING, CUT_OFF -> Optional.of(world.now().plus(SOON));
            case RESTARTING -> Optional.of(world.now().plus(SOON));
            case ALIVE, DEAD, UNKNOWN -> Optional.empty();
        };
    }

    /** What a node for life needs, and what should not be there beside it. */
    private static List<Action> upkeep(NodeFacts node, NodeStatus status) {
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.Ensure(status.name(), status.index(), status.epoch()));
        String pod = Names.epoch(status.name(), status.epoch());
        boolean ending = node.pod(status.epoch()).map(PodFacts::terminating).orElse(true);
        boolean held = node.lease().holder().map(pod::equals).orElse(false);
        if (!held && !ending) {
            actions.add(new Action.HandLease(status.name(), pod));
        }
        List<Long> strangers = node.pods().stream()
                .filter(other -> other.epoch() != status.epoch() && !other.terminating())
                .map(PodFacts::epoch)
                .toList();
        if (!strangers.isEmpty()) {
            actions.add(new Action.DeleteEpochs(status.name(), strangers, false));
        }
        return actions;
    }

    /** When a node that is dead since {@code since} may move; empty: not before something else changes. */
    private static Optional<Instant> allowedAt(World world, NodeStatus status, Instant since, BreakerStatus breaker) {
        if (world.spec().paused().enabled()
                || breaker.open()
                || world.obstacle().isPresent()) {
            return Optional.empty();
        }
        Instant allowed = since.plus(Durations.parse(world.spec().failover().delay()));
        int moves =
                Backoff.recentMoves(status, world.now(), world.spec().failover().backoff());
        if (moves > 0) {
            Instant calm =
                    since.plus(Backoff.after(moves, world.spec().failover().backoff()));
            return Optional.of(calm.isAfter(allowed) ? calm : allowed);
        }
        return Optional.of(allowed);
    }

    private static Move death(World world, NodeFacts node, ZoneView zones, Reason reason) {
        @Nullable String zone = node.status().zone();
        @Nullable String machine = node.status().nodeName();
        List<String> leave = reason.zoneSuspect() && zone != null ? List.of(zone) : List.of();
        boolean machineSuspect = machine != null && (reason.zoneSuspect() || !world.machineReady(machine));
        return begin(world, node, zones, reason, leave, machineSuspect ? List.of(machine) : List.of());
    }

    private static Move begin(
            World world, NodeFacts node, ZoneView zones, Reason reason, List<String> leave, List<String> machines) {
        NodeStatus status = node.status();
        ZoneView.Exclusion exclusion = zones.exclude(leave, machines);
        return new Move(
                MovePhase.CUT,
                node.nextEpoch(),
                null,
                reason.name(),
                status.zone(),
                status.nodeName(),
                exclusion.zones(),
                exclusion.machines(),
                status.epoch() == 0 ? null : node.lease().changedAt(),
                world.now(),
                null,
                1,
                null,
                null,
                null,
                null,
                null);
    }

    private static NodeStatus moving(NodeStatus status, Move move) {
        return status.toBuilder().verdict(null, null, null).failover(move).build();
    }

    private static boolean passed(NodeFacts node, NodeStatus status) {
        return node.chain()
                .map(chain -> chain.passed(status.epoch(), Optional.ofNullable(status.signer())))
                .orElse(false);
    }

    private static Optional<ChainTask> register(NodeStatus status) {
        String signer = status.signer();
        if (signer == null) {
            return Optional.of(new ChainTask.Look(status.index()));
        }
        String zone = Objects.requireNonNullElse(status.zone(), Names.NO_ZONE);
        return Optional.of(new ChainTask.Register(status.index(), status.epoch(), signer, zone));
    }

    private static Optional<ChainTask> look(NodeFacts node) {
        return Optional.of(new ChainTask.Look(node.status().index()));
    }

    /** The status with what the chain says of the epoch that serves. */
    static NodeStatus withChain(NodeFacts node) {
        NodeStatus status = node.status();
        if (node.chain().isEmpty()) {
            return status;
        }
        ChainFacts chain = node.chain().get();
        if (!chain.heard()) {
            return status;
        }
        NodeStatus.Builder next = status.toBuilder().nodeId(chain.nodeId());
        chain.fundsWei().ifPresent(funds -> next.fundsWei(funds.toString()));
        Long registered = status.registeredEpoch();
        if (chain.epoch() > 0
                && chain.active()
                && ours(chain, status)
                && (registered == null || registered != chain.epoch())) {
            next.registered(chain.epoch(), chain.registeredAt(), chain.registeredBlock());
            if (!status.history().isEmpty() && status.history().getFirst().epoch() == chain.epoch()) {
                List<NodeStatus.Past> history = new ArrayList<>(status.history());
                history.set(0, history.getFirst().registered(chain.registeredAt(), chain.registeredBlock()));
                next.history(history);
            }
        }
        return next.build();
    }

    private static boolean ours(ChainFacts chain, NodeStatus status) {
        String signer = status.signer();
        if (signer != null && chain.shows(status.epoch(), signer)) {
            return true;
        }
        Move move = status.failover();
        String next = move == null ? null : move.signer();
        return move != null && next != null && chain.shows(move.epoch(), next);
    }
}
