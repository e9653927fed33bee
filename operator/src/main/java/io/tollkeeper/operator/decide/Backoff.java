package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Durations;
import io.tollkeeper.api.FailoverSpec;
import io.tollkeeper.api.NodeStatus;
import java.time.Duration;
import java.time.Instant;

/** How long a node waits for its next attempt. */
final class Backoff {
    private Backoff() {}

    /** Wait after the {@code failures}-th failure in a row, from 1. */
    static Duration after(int failures, FailoverSpec.Backoff rule) {
        Duration max = Durations.parse(rule.max());
        Duration wait = Durations.parse(rule.initial());
        for (int i = 1; i < failures && wait.compareTo(max) < 0; i++) {
            wait = wait.multipliedBy(rule.multiplier());
        }
        return wait.compareTo(max) < 0 ? wait : max;
    }

    /** How often this node was moved lately; one that lived long starts anew. */
    static int recentMoves(NodeStatus node, Instant now, FailoverSpec.Backoff rule) {
        Instant horizon = now.minus(Durations.parse(rule.resetAfter()));
        return (int) node.history().stream()
                .filter(past -> past.startedAt().isAfter(horizon))
                .filter(past -> Reason.first(past.reason())
                        .map(reason -> reason != Reason.Created && reason != Reason.EpochPassed)
                        .orElse(false))
                .count();
    }
}
