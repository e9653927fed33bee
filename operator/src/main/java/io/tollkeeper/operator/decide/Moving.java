package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Durations;
import io.tollkeeper.api.FailoverSpec;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.MovePhase;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.observe.MachineFacts;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node in a move. It has no verdict: each phase ends by what was observed, or at its deadline. */
final class Moving {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final World world;
    private final NodeFacts node;
    private final NodeStatus status;
    private final Move move;
    private final ZoneView zones;
    private final Decide.Gate gate;

    private Moving(World world, NodeFacts node, Move move, ZoneView zones, Decide.Gate gate) {
        this.world = world;
        this.node = node;
        this.status = Serving.withChain(node);
        this.move = move;
        this.zones = zones;
        this.gate = gate;
    }

    static NodePlan plan(World world, NodeFacts node, Move move, ZoneView zones, Decide.Gate gate) {
        return new Moving(world, node, move, zones, gate).plan();
    }

    private NodePlan plan() {
        if (node.chain()
                .map(chain -> chain.passed(move.epoch(), Optional.ofNullable(move.signer())))
                .orElse(false)) {
            return again("the chain has passed epoch " + move.epoch(), Duration.ZERO, List.of(), List.of());
        }
        return switch (move.phase()) {
            case CUT -> cut();
            case PLACE -> place();
            case START -> start();
            case CLOSE -> close();
        };
    }

    /** Clients and the old epoch lose each other; what failed attempts left is deleted. */
    private NodePlan cut() {
        Instant notBefore = move.nextAttemptAt();
        if (notBefore != null && world.now().isBefore(notBefore)) {
            return stay(List.of(), notBefore);
        }
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.Ensure(status.name(), status.index(), move.epoch()));
        String pod = Names.epoch(status.name(), move.epoch());
        if (!node.lease().holder().map(pod::equals).orElse(false)) {
            actions.add(new Action.HandLease(status.name(), pod));
        }
        List<Long> failed = epochs(other -> other.epoch() != status.epoch() && other.epoch() < move.epoch());
        if (!failed.isEmpty()) {
            actions.add(new Action.DeleteEpochs(status.name(), failed, false));
        }
        if (!gate.pass()) {
            return stay(actions, world.now().plus(LOOK_AGAIN));
        }
        Instant deadline =
                world.now().plus(Durations.parse(world.spec().failover().placementTimeout()));
        return next(move.withPhase(MovePhase.PLACE, deadline), actions);
    }

    private NodePlan place() {
        Optional<PodFacts> present = node.pod(move.epoch());
        if (present.isEmpty()) {
            if (late()) {
                return again("no pod in " + world.spec().failover().placementTimeout(), List.of(), List.of());
            }
            Action.Placement placement = new Action.Placement(
                    world.spec().zones(), move.excludedZones(), move.excludedNodes(), zones.weights());
            return stay(
                    List.of(new Action.CreateEpoch(status.name(), status.index(), move.epoch(), placement)),
                    move.deadline());
        }
        PodFacts pod = present.get();
        if (pod.failed() || pod.terminating()) {
            return again("the pod failed before it was bound", List.of(), List.of());
        }
        MachineFacts machine = pod.machine().map(world.machines()::get).orElse(null);
        if (machine != null && pod.signer().isPresent()) {
            Instant deadline =
                    world.now().plus(Durations.parse(world.spec().failover().startupTimeout()));
            return next(
                    move.bound(pod.signer().get(), machine.zone(), machine.name(), world.now(), deadline), List.of());
        }
        if (late()) {
            return again("not bound in " + world.spec().failover().placementTimeout(), List.of(), List.of());
        }
        return stay(List.of(), move.deadline());
    }

    private NodePlan start() {
        Optional<PodFacts> present = node.pod(move.epoch());
        List<String> zone = Optional.ofNullable(move.zone()).map(List::of).orElse(List.of());
        List<String> machine =
                Optional.ofNullable(move.nodeName()).map(List::of).orElse(List.of());
        if (present.isEmpty() || present.get().terminating()) {
            return again("the pod is gone", List.of(), List.of());
        }
        PodFacts pod = present.get();
        if (pod.failed()) {
            return again("the pod failed", List.of(), List.of());
        }
        if (pod.ready()) {
            return next(move.ready(world.now()), List.of());
        }
        if (pod.machine().map(name -> !world.machineReady(name)).orElse(false)) {
            return again("its Kubernetes Node is not Ready", zone, machine);
        }
        Instant bound = Objects.requireNonNullElse(move.boundAt(), world.now());
        Instant taken = bound.plus(Durations.parse(world.spec().failover().placementTimeout()));
        if (!pod.taken() && !world.now().isBefore(taken)) {
            return again("no kubelet took the pod", zone, machine);
        }
        if (late()) {
            return again(
                    "not Ready in " + world.spec().failover().startupTimeout()
                            + pod.waiting().map(why -> " (" + why + ")").orElse(""),
                    List.of(),
                    List.of());
        }
        return stay(List.of(), pod.taken() ? move.deadline() : taken);
    }

    /** What is left of other epochs goes; the new one serves. */
    private NodePlan close() {
        List<Long> others = epochs(other -> other.epoch() != move.epoch());
        boolean silent = status.nodeName() != null && !world.machineReady(status.nodeName());
        boolean force = world.spec().failover().unreachablePodPolicy() == FailoverSpec.UnreachablePodPolicy.ForceDelete
                && (silent
                        || Reason.first(move.reason()).map(Reason::zoneSuspect).orElse(false));
        List<Long> old = new ArrayList<>(others);
        if (status.epoch() > 0 && !old.contains(status.epoch())) {
            old.add(status.epoch());
        }
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.Ensure(status.name(), status.index(), move.epoch()));
        if (!old.isEmpty()) {
            actions.add(new Action.DeleteEpochs(status.name(), old, force));
        }
        return new NodePlan(node.status(), Optional.of(settled()), actions, register(), Optional.empty());
    }

    private NodeStatus settled() {
        boolean registered = Objects.equals(status.registeredEpoch(), move.epoch());
        Instant ready = Objects.requireNonNullElse(move.readyAt(), world.now());
        List<NodeStatus.Past> history = new ArrayList<>();
        history.add(new NodeStatus.Past(
                move.epoch(),
                move.signer(),
                move.zone(),
                move.nodeName(),
                ready,
                null,
                move.reason(),
                move.fromZone(),
                move.lastSeenAt(),
                move.startedAt(),
                move.boundAt(),
                ready,
                registered ? status.registeredAt() : null,
                registered ? status.registeredBlock() : null));
        for (NodeStatus.Past past : status.history()) {
            history.add(past.until() == null ? past.until(move.startedAt()) : past);
        }
        return status.toBuilder()
                .serving(
                        move.epoch(),
                        move.signer(),
                        move.zone(),
                        move.nodeName(),
                        Names.epoch(status.name(), move.epoch()))
                .verdict(Verdict.ALIVE, ready, null)
                .failover(null)
                .history(history)
                .build();
    }

    private boolean late() {
        Instant deadline = move.deadline();
        return deadline != null && !world.now().isBefore(deadline);
    }

    private List<Long> epochs(java.util.function.Predicate<PodFacts> which) {
        return node.pods().stream()
                .filter(which)
                .filter(pod -> !pod.terminating())
                .map(PodFacts::epoch)
                .toList();
    }

    private NodePlan again(String why, List<String> leave, List<String> machines) {
        return again(why, Backoff.after(move.attempt(), world.spec().failover().backoff()), leave, machines);
    }

    /** A new attempt with a new epoch. */
    private NodePlan again(String why, Duration wait, List<String> leave, List<String> machines) {
        Set<String> zonesToLeave = new LinkedHashSet<>(move.excludedZones());
        zonesToLeave.addAll(leave);
        Set<String> machinesToLeave = new LinkedHashSet<>(move.excludedNodes());
        machinesToLeave.addAll(machines);
        ZoneView.Exclusion exclusion = zones.exclude(zonesToLeave, machinesToLeave);
        String reason = Reason.first(move.reason()).map(Enum::name).orElse(move.reason());
        Move next = move.nextAttempt(
                node.nextEpoch(),
                reason + "; attempt " + move.attempt() + ": " + why,
                exclusion.zones(),
                exclusion.machines(),
                world.now().plus(wait));
        return next(next, List.of());
    }

    private NodePlan next(Move nextMove, List<Action> actions) {
        return new NodePlan(
                node.status(),
                Optional.of(status.toBuilder().failover(nextMove).build()),
                actions,
                register(),
                Optional.empty());
    }

    private NodePlan stay(List<Action> actions, @Nullable Instant wake) {
        return new NodePlan(node.status(), Optional.of(status), actions, register(), Optional.ofNullable(wake));
    }

    /** Registration runs beside the move from binding on, without deadline. */
    private Optional<ChainTask> register() {
        String signer = move.signer();
        String zone = move.zone();
        if (signer == null || zone == null) {
            return Optional.of(new ChainTask.Look(status.index()));
        }
        return Optional.of(new ChainTask.Register(status.index(), move.epoch(), signer, zone));
    }
}
