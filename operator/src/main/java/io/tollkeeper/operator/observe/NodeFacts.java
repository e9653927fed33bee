package io.tollkeeper.operator.observe;

import io.tollkeeper.api.NodeStatus;
import java.util.List;
import java.util.Optional;

/** Everything that was observed of one billing node, beside what its status says. */
public record NodeFacts(
        NodeStatus status, List<PodFacts> pods, LeaseFacts lease, ProbeAnswer probe, Optional<ChainFacts> chain) {

    public NodeFacts {
        pods = List.copyOf(pods);
    }

    /** The pod of this epoch. */
    public Optional<PodFacts> pod(long epoch) {
        return pods.stream().filter(pod -> pod.epoch() == epoch).findFirst();
    }

    /** An epoch above everything that anybody has seen of this node. */
    public long nextEpoch() {
        long highest = status.epoch();
        var move = status.failover();
        if (move != null) {
            highest = Math.max(highest, move.epoch());
        }
        for (PodFacts pod : pods) {
            highest = Math.max(highest, pod.epoch());
        }
        return Math.max(highest, chain.map(ChainFacts::epoch).orElse(0L)) + 1;
    }
}
