package io.tollkeeper.operator.decide;

import io.tollkeeper.api.NodeStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of one node in this pass.
 *
 * @param now its status before
 * @param next its status once every action is done; empty: the node is gone
 * @param actions in order; where one fails, {@code next} does not come true
 * @param wake when to look again, if nothing happens before
 */
public record NodePlan(
        NodeStatus now,
        Optional<NodeStatus> next,
        List<Action> actions,
        Optional<ChainTask> chainTask,
        Optional<Instant> wake) {
    public NodePlan {
        actions = List.copyOf(actions);
    }
}
