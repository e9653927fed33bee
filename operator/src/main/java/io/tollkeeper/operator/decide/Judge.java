package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Durations;
import io.tollkeeper.api.HealthSpec;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Instant;
import java.util.Optional;

/**
 * The verdict table. The first row that fits counts.
 *
 * <pre>
 *   Lease   direct probe   kubelet says                          verdict
 *   -       -              pod or Kubernetes Node gone,          dead at once
 *                          or pod failed
 *   fresh   -              -                                     alive
 *   stale   answers        -                                     cut off from the API server: no move
 *   stale   fails          container restarting, Node Ready      wait restartGrace
 *   stale   fails          else                                  dead
 * </pre>
 *
 * While the operator's own API calls fail there is no verdict at all.
 */
final class Judge {
    private Judge() {}

    static Judgement judge(World world, NodeFacts node) {
        if (!world.clockRuns()) {
            return Judgement.of(Verdict.UNKNOWN);
        }
        NodeStatus status = node.status();
        Optional<PodFacts> present = node.pod(status.epoch());
        if (present.isEmpty()) {
            return Judgement.dead(Reason.PodGone);
        }
        PodFacts pod = present.get();
        if (pod.machine().isPresent()
                && !world.machines().containsKey(pod.machine().get())) {
            return Judgement.dead(Reason.MachineGone);
        }
        if (pod.failed()) {
            return Judgement.dead(Reason.PodFailed);
        }
        HealthSpec health = world.spec().health();
        if (node.lease().age().compareTo(Durations.parse(health.leaseDuration())) < 0) {
            return Judgement.of(Verdict.ALIVE);
        }
        return switch (node.probe()) {
            // A dead node stays dead while another probe is out.
            case NONE ->
                status.verdict() == Verdict.DEAD ? Judgement.dead(Reason.LeaseStale) : Judgement.of(Verdict.PROBING);
            case ANSWERS -> Judgement.of(Verdict.CUT_OFF);
            case FAILS -> silent(world, status, pod);
        };
    }

    private static Judgement silent(World world, NodeStatus status, PodFacts pod) {
        boolean machineReady = pod.machine().map(world::machineReady).orElse(false);
        if (!pod.restarting() || !machineReady) {
            return Judgement.dead(Reason.LeaseStale);
        }
        if (status.verdict() == Verdict.DEAD) {
            return Judgement.dead(Reason.NotRestarted);
        }
        Instant since = status.since();
        Instant began = status.verdict() == Verdict.RESTARTING && since != null ? since : world.now();
        Instant until = began.plus(Durations.parse(world.spec().health().restartGrace()));
        return world.now().isBefore(until) ? Judgement.restarting(until) : Judgement.dead(Reason.NotRestarted);
    }
}
