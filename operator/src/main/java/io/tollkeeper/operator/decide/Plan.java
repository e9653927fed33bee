package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus.BreakerStatus;
import io.tollkeeper.api.BillingNodeStatus.ZoneStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of a BillingNode in this pass. */
public record Plan(
        List<NodePlan> nodes,
        BreakerStatus breaker,
        List<ZoneStatus> zones,
        boolean spreadEven,
        Optional<Instant> wake) {
    public Plan {
        nodes = List.copyOf(nodes);
        zones = List.copyOf(zones);
    }
}
