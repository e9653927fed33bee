package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** When each Lease was seen to change. What a node wrote into it as a time is not looked at: its clock may be wrong. */
public final class LeaseTracker {
    private static final String ABSENT = "absent";

    private final Clock clock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(String state, long changedNanos, Instant changedAt) {}

    public LeaseTracker(Clock clock) {
        this.clock = clock;
    }

    public LeaseFacts observe(String key, @Nullable Lease lease, DetectionClock.Reading reading) {
        String state = state(lease);
        Seen now = seen.compute(
                key,
                (_, before) -> before != null && before.state().equals(state)
                        ? before
                        : new Seen(state, reading.now(), clock.instant()));
        Optional<String> holder = Optional.ofNullable(lease)
                .map(Lease::getSpec)
                .map(LeaseSpec::getHolderIdentity)
                .filter(name -> !name.isEmpty());
        Duration age = reading.age(now.changedNanos());
        return new LeaseFacts(lease != null, holder, age, now.changedAt());
    }

    /** When this Lease was seen to change, on the process's monotonic clock. */
    public Optional<Long> changedNanos(String key) {
        return Optional.ofNullable(seen.get(key)).map(Seen::changedNanos);
    }

    public void forget(String key) {
        seen.remove(key);
    }

    private static String state(@Nullable Lease lease) {
        if (lease == null || lease.getSpec() == null) {
            return ABSENT;
        }
        LeaseSpec spec = lease.getSpec();
        return Objects.toString(spec.getHolderIdentity()) + "|" + spec.getRenewTime() + "|" + spec.getLeaseTransitions()
                + "|" + lease.getMetadata().getUid();
    }
}
