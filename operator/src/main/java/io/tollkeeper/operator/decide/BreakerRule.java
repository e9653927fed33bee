package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus.BreakerStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.FailoverSpec;
import io.tollkeeper.operator.observe.Death;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The restraint: any number of dead nodes of one zone may move; dead nodes in more than {@code maxZones} zones within
 * the window, or more than half of all nodes (three at least, in two zones), open the breaker. It closes after a window
 * in which nobody died.
 */
final class BreakerRule {
    private static final int HALF_COUNTS_FROM = 3;

    private BreakerRule() {}

    static BreakerStatus next(World world) {
        FailoverSpec.Breaker rule = world.spec().failover().breaker();
        Duration window = Durations.parse(rule.window());
        BreakerStatus before = world.status().breaker();
        List<Death> recent = Deaths.own(world).stream()
                .filter(death -> death.at().isAfter(world.now().minus(window)))
                .toList();
        Set<String> zones = recent.stream().map(Death::zone).collect(Collectors.toSet());
        long dead = recent.stream().map(Death::node).distinct().count();
        boolean manyZones = zones.size() > rule.maxZones();
        boolean half = dead >= HALF_COUNTS_FROM && 2 * dead > world.nodes().size() && zones.size() >= 2;
        if (manyZones || half) {
            Instant until = recent.stream()
                    .map(Death::at)
                    .max(Instant::compareTo)
                    .orElseThrow()
                    .plus(window);
            String reason = manyZones
                    ? "dead nodes in " + zones.size() + " zones ("
                            + String.join(", ", zones.stream().sorted().toList()) + ") within " + rule.window()
                            + ", allowed: " + rule.maxZones()
                    : dead + " of " + world.nodes().size() + " nodes dead within " + rule.window();
            return new BreakerStatus(true, "BillingNode", reason, until);
        }
        Instant until = before.until();
        if (before.open() && until != null && world.now().isBefore(until)) {
            Instant later = recent.stream()
                    .map(death -> death.at().plus(window))
                    .filter(until::isBefore)
                    .max(Instant::compareTo)
                    .orElse(until);
            return new BreakerStatus(true, before.scope(), before.reason(), later);
        }
        return BreakerStatus.CLOSED;
    }
}
