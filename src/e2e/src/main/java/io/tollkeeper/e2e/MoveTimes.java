package io.tollkeeper.e2e;

import static java.util.Objects.requireNonNull;

import io.tollkeeper.api.NodeStatus;
import java.time.Instant;

/** When the steps of a node's newest move happened, by the status that the operator wrote. */
record MoveTimes(Instant intent, Instant bound, Instant ready, Instant registered) {
    static MoveTimes of(NodeStatus node) {
        var past = node.history().stream()
                .filter(candidate -> candidate.epoch().equals(node.epoch()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("expected epoch " + node.epoch() + " in the history of "
                        + node.name() + ", got " + node.history()));
        return new MoveTimes(
                past.startedAt(),
                requireNonNull(past.boundAt()),
                requireNonNull(past.readyAt()),
                requireNonNull(past.registeredAt()));
    }
}
