package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Durations;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scale-down: the pod ends, its epoch is fenced, what belongs to the node goes. */
final class Removing {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private Removing() {}

    static NodePlan plan(World world, NodeFacts node) {
        NodeStatus status = Serving.withChain(node);
        NodeStatus.Removal removal = status.removal();
        if (removal == null) {
            Instant deadline =
                    world.now().plus(Durations.parse(world.spec().deletion().deadline()));
            NodeStatus next = status.toBuilder()
                    .failover(null)
                    .verdict(null, null, null)
                    .removal(new NodeStatus.Removal(world.now(), deadline))
                    .build();
            return new NodePlan(node.status(), Optional.of(next), List.of(), Optional.empty(), Optional.empty());
        }
        List<Action> actions = new ArrayList<>();
        List<Long> live = node.pods().stream()
                .filter(pod -> !pod.terminating())
                .map(PodFacts::epoch)
                .toList();
        if (!live.isEmpty()) {
            actions.add(new Action.DeleteEpochs(status.name(), live, false));
        }
        boolean ended = node.pods().isEmpty() || !world.now().isBefore(removal.deadline());
        if (!ended) {
            return new NodePlan(
                    node.status(), Optional.of(status), actions, Optional.empty(), Optional.of(removal.deadline()));
        }
        if (!fenced(node)) {
            return new NodePlan(
                    node.status(),
                    Optional.of(status),
                    actions,
                    Optional.of(new ChainTask.Fence(status.index())),
                    Optional.of(world.now().plus(LOOK_AGAIN)));
        }
        actions.add(new Action.RemoveNode(status.name()));
        return new NodePlan(node.status(), Optional.empty(), actions, Optional.empty(), Optional.empty());
    }

    /** Whether no key of this node can anchor any more. */
    static boolean fenced(NodeFacts node) {
        return node.chain()
                .map(chain -> chain.heard() && (chain.epoch() == 0 || !chain.active()))
                .orElse(false);
    }
}
