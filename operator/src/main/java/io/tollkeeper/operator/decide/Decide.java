package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus.BreakerStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.MovePhase;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * From what is to what to do. Pure: the same world gives the same plan.
 *
 * <p>Every step of a move is first only written to the status; what it says is done in the pass after, from the status
 * alone. So an operator may be killed between any two instructions, and two operators may be at work at once: each write
 * carries the resourceVersion that its decision was made from.
 */
public final class Decide {
    /** How long an unbound pod keeps others of its BillingNode from being placed: preferences see only bound pods. */
    static final Duration PLACE_ONE_BY_ONE = Duration.ofSeconds(3);

    private Decide() {}

    public static Plan plan(World world) {
        ZoneView zones = ZoneView.of(world);
        BreakerStatus breaker = BreakerRule.next(world);
        Gate gate = new Gate(world);
        List<NodePlan> plans = new ArrayList<>();
        for (NodeFacts node : world.nodes()) {
            plans.add(plan(world, node, zones, breaker, gate));
        }
        Optional<Instant> wake = Stream.concat(
                        plans.stream().flatMap(plan -> plan.wake().stream()),
                        Optional.ofNullable(breaker.until()).stream())
                .min(Instant::compareTo);
        return new Plan(plans, breaker, zones.report(world), zones.even(), wake);
    }

    private static NodePlan plan(World world, NodeFacts node, ZoneView zones, BreakerStatus breaker, Gate gate) {
        boolean wanted = node.status().index() < world.spec().replicas();
        if (node.status().removal() != null
                || (!wanted && !world.spec().paused().enabled())) {
            return Removing.plan(world, node);
        }
        if (node.status().failover() != null) {
            return Moving.plan(world, node, node.status().failover(), zones, gate);
        }
        if (node.status().epoch() == 0) {
            return Serving.first(world, node, zones);
        }
        return Serving.plan(world, node, zones, breaker);
    }

    /** Lets one pod of a BillingNode be placed at a time. */
    static final class Gate {
        private boolean open;

        Gate(World world) {
            this.open = world.nodes().stream().noneMatch(node -> beingPlaced(world, node));
        }

        private static boolean beingPlaced(World world, NodeFacts node) {
            Move move = node.status().failover();
            if (move == null || move.phase() != MovePhase.PLACE || move.deadline() == null) {
                return false;
            }
            Instant began = move.deadline()
                    .minus(Durations.parse(world.spec().failover().placementTimeout()));
            return world.now().isBefore(began.plus(PLACE_ONE_BY_ONE));
        }

        /** True for the first who asks, if nobody is being placed. */
        boolean pass() {
            boolean passed = open;
            open = false;
            return passed;
        }
    }
}
