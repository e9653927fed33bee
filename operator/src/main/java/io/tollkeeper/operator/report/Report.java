package io.tollkeeper.operator.report;

import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.BillingNodeStatus.Server;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.StatusCondition;
import io.tollkeeper.api.StatusCondition.Value;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.act.DesiredObjects;
import io.tollkeeper.operator.decide.Plan;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The status that a pass ends with. Pure. */
public final class Report {
    /** Attempts after which a node in a move is called degraded. */
    private static final int PATIENCE = 3;

    private final World world;
    private final Plan plan;
    private final List<NodeStatus> nodes;
    private final Outcome outcome;

    /**
     * What deciding cannot know.
     *
     * @param failures what could not be done, in words
     * @param chain whether the chain answers; empty: nobody has asked yet
     * @param chainTrouble what is wrong with it
     * @param funded whether the operator's account can pay for a registration of every node
     */
    public record Outcome(
            List<String> failures, Optional<Boolean> chain, String chainTrouble, Optional<Boolean> funded) {}

    private Report(World world, Plan plan, List<NodeStatus> nodes, Outcome outcome) {
        this.world = world;
        this.plan = plan;
        this.nodes = nodes;
        this.outcome = outcome;
    }

    /** {@code nodes}: what became of them, after the actions. */
    public static BillingNodeStatus status(
            World world, Plan plan, List<NodeStatus> nodes, Outcome outcome, @Nullable Long generation) {
        return new Report(world, plan, nodes, outcome).status(generation);
    }

    private BillingNodeStatus status(@Nullable Long generation) {
        return new BillingNodeStatus(
                generation,
                (int) world.nodes().stream()
                        .filter(node -> !node.pods().isEmpty())
                        .count(),
                readyNodes(),
                DesiredObjects.podSelector(world.name()),
                conditions(generation),
                servers(),
                nodes,
                plan.zones(),
                plan.breaker());
    }

    private int readyNodes() {
        return (int) world.nodes().stream().filter(this::ready).count();
    }

    /** Ready by its kubelet, and not known to be silent since. */
    private boolean ready(NodeFacts node) {
        NodeStatus after = nodes.stream()
                .filter(one -> one.name().equals(node.status().name()))
                .findFirst()
                .orElse(node.status());
        boolean lives = after.verdict() == Verdict.ALIVE || after.verdict() == Verdict.CUT_OFF;
        return after.failover() == null
                && after.removal() == null
                && lives
                && node.pod(after.epoch())
                        .filter(pod -> !pod.terminating())
                        .map(PodFacts::ready)
                        .orElse(false);
    }

    private List<Server> servers() {
        return nodes.stream()
                .filter(node -> node.removal() == null)
                .map(node -> new Server(
                        node.name(),
                        DesiredObjects.url(node.name(), world.namespace()),
                        Objects.requireNonNullElse(node.failover() == null ? node.zone() : null, "")))
                .toList();
    }

    private List<StatusCondition> conditions(@Nullable Long generation) {
        List<StatusCondition> conditions = List.of(
                ready(),
                progressing(),
                degraded(),
                failoverAllowed(),
                plan.spreadEven()
                        ? condition(StatusCondition.ZONE_SPREAD, Value.True, "Even", "")
                        : condition(
                                StatusCondition.ZONE_SPREAD,
                                Value.False,
                                "Uneven",
                                "zones hold unequal numbers of nodes; none is moved for that alone"),
                chainReachable(),
                funds(),
                paused());
        List<StatusCondition> dated = new ArrayList<>();
        for (StatusCondition condition : conditions) {
            Instant since = world.status()
                    .condition(condition.type())
                    .filter(old -> old.status() == condition.status())
                    .map(StatusCondition::lastTransitionTime)
                    .orElse(world.now());
            dated.add(new StatusCondition(
                    condition.type(), condition.status(), condition.reason(), condition.message(), generation, since));
        }
        return dated;
    }

    private StatusCondition ready() {
        int ready = readyNodes();
        int wanted = world.spec().replicas();
        String count = ready + " of " + wanted + " nodes Ready";
        if (ready >= wanted) {
            return condition(StatusCondition.READY, Value.True, "AllReady", count);
        }
        return condition(StatusCondition.READY, Value.False, ready == 0 ? "NoneReady" : "SomeReady", count);
    }

    private StatusCondition progressing() {
        List<String> moving = names(node -> node.failover() != null || node.removal() != null);
        return moving.isEmpty()
                ? condition(StatusCondition.PROGRESSING, Value.False, "Settled", "")
                : condition(StatusCondition.PROGRESSING, Value.True, "Moving", String.join(", ", moving));
    }

    private StatusCondition degraded() {
        if (world.obstacle().isPresent()) {
            return condition(
                    StatusCondition.DEGRADED,
                    Value.True,
                    world.obstacle().get().reason(),
                    world.obstacle().get().message());
        }
        if (!outcome.failures().isEmpty()) {
            return condition(
                    StatusCondition.DEGRADED, Value.True, "ActionFailed", String.join("; ", outcome.failures()));
        }
        List<String> tried = nodes.stream()
                .filter(node -> node.failover() != null && node.failover().attempt() > PATIENCE)
                .map(node -> node.name() + ": "
                        + Optional.ofNullable(node.failover()).map(Move::reason).orElse(""))
                .toList();
        if (!tried.isEmpty()) {
            return condition(StatusCondition.DEGRADED, Value.True, "CannotStart", String.join("; ", tried));
        }
        List<String> cutOff = names(node -> node.verdict() == Verdict.CUT_OFF);
        if (!cutOff.isEmpty()) {
            return condition(StatusCondition.DEGRADED, Value.True, "CutOff", String.join(", ", cutOff));
        }
        List<String> dead = names(node -> node.verdict() == Verdict.DEAD);
        if (!dead.isEmpty()) {
            return condition(StatusCondition.DEGRADED, Value.True, "NodeDead", String.join(", ", dead));
        }
        return condition(StatusCondition.DEGRADED, Value.False, "None", "");
    }

    private StatusCondition failoverAllowed() {
        if (world.spec().paused().enabled()) {
            return condition(
                    StatusCondition.FAILOVER_ALLOWED,
                    Value.False,
                    "Paused",
                    world.spec().paused().reason());
        }
        if (plan.breaker().open()) {
            return condition(
                    StatusCondition.FAILOVER_ALLOWED,
                    Value.False,
                    "BreakerOpen",
                    Objects.requireNonNullElse(plan.breaker().reason(), ""));
        }
        return condition(StatusCondition.FAILOVER_ALLOWED, Value.True, "Watching", "");
    }

    private StatusCondition chainReachable() {
        if (world.obstacle().isPresent()) {
            return condition(
                    StatusCondition.CHAIN_REACHABLE,
                    Value.False,
                    world.obstacle().get().reason(),
                    world.obstacle().get().message());
        }
        return switch (outcome.chain()
                .map(reached -> reached ? Value.True : Value.False)
                .orElse(Value.Unknown)) {
            case True -> condition(StatusCondition.CHAIN_REACHABLE, Value.True, "Reachable", "");
            case False -> condition(StatusCondition.CHAIN_REACHABLE, Value.False, "NoAnswer", outcome.chainTrouble());
            case Unknown -> condition(StatusCondition.CHAIN_REACHABLE, Value.Unknown, "NotAsked", "");
        };
    }

    private StatusCondition funds() {
        return switch (outcome.funded()
                .map(enough -> enough ? Value.True : Value.False)
                .orElse(Value.Unknown)) {
            case True -> condition(StatusCondition.OPERATOR_FUNDS, Value.True, "Enough", "");
            case False ->
                condition(
                        StatusCondition.OPERATOR_FUNDS,
                        Value.False,
                        "Low",
                        "the NODE_ADMIN account cannot pay the first gas money of every node once more");
            case Unknown -> condition(StatusCondition.OPERATOR_FUNDS, Value.Unknown, "NotAsked", "");
        };
    }

    private StatusCondition paused() {
        return world.spec().paused().enabled()
                ? condition(
                        StatusCondition.PAUSED,
                        Value.True,
                        "ByOwner",
                        world.spec().paused().reason())
                : condition(StatusCondition.PAUSED, Value.False, "Running", "");
    }

    private List<String> names(Predicate<NodeStatus> which) {
        return nodes.stream().filter(which).map(NodeStatus::name).toList();
    }

    private static StatusCondition condition(String type, Value value, String reason, String message) {
        return new StatusCondition(type, value, reason, message, null, null);
    }
}
