package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Durations;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a BillingNode: pods end and drain, each node is fenced when its pods are gone or the deadline has passed.
 * Nothing is created, and whatever is already gone is fine.
 *
 * @param actions pods to delete
 * @param fence nodes to fence now
 * @param unfenced nodes that would be left active on the chain if the BillingNode went now
 * @param done whether the finalizer may go
 */
public record Deletion(List<Action> actions, List<ChainTask> fence, List<String> unfenced, boolean done) {
    /** How long after the deadline the fences may take; then the BillingNode goes without them. */
    static final Duration LAST_PATIENCE = Duration.ofSeconds(15);

    /**
     * @param deletedAt when the deletion was asked for
     * @param namespaceEnding whether the namespace goes too: the operator's rights go with it in seconds, so that it
     *     must not wait for anything
     */
    public static Deletion plan(World world, Instant deletedAt, boolean namespaceEnding) {
        Instant deadline =
                deletedAt.plus(Durations.parse(world.spec().deletion().deadline()));
        boolean late = !world.now().isBefore(deadline);
        List<Action> actions = new ArrayList<>();
        List<ChainTask> fence = new ArrayList<>();
        List<String> unfenced = new ArrayList<>();
        for (NodeFacts node : world.nodes()) {
            List<Long> live = node.pods().stream()
                    .filter(pod -> !pod.terminating())
                    .map(PodFacts::epoch)
                    .toList();
            if (!live.isEmpty()) {
                actions.add(new Action.DeleteEpochs(node.status().name(), live, false));
            }
            if (!Removing.fenced(node)) {
                unfenced.add(node.status().name());
                if (node.pods().isEmpty() || late || namespaceEnding) {
                    fence.add(new ChainTask.Fence(node.status().index()));
                }
            }
        }
        boolean ended = world.nodes().stream().allMatch(node -> node.pods().isEmpty());
        boolean fenced = unfenced.isEmpty() && (ended || late);
        boolean done = namespaceEnding || fenced || !world.now().isBefore(deadline.plus(LAST_PATIENCE));
        return new Deletion(actions, fence, unfenced, done);
    }
}
