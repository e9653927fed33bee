package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a failed node is recognised. */
@ValidationRule(
        value = "duration(self.leaseDuration) >= duration(self.renewInterval) + duration(self.renewInterval)"
                + " + duration(self.renewInterval)",
        message = "spec.health.leaseDuration must be at least three times spec.health.renewInterval",
        fieldPath = ".leaseDuration")
@ValidationRule(
        value = "duration(self.renewInterval) >= duration('250ms')",
        message = "spec.health.renewInterval must be at least 250ms",
        fieldPath = ".renewInterval")
@ValidationRule(
        value = "duration(self.probeTimeout) > duration('0s')",
        message = "spec.health.probeTimeout must be more than 0",
        fieldPath = ".probeTimeout")
public record HealthSpec(
        @JsonPropertyDescription("Time between two renewals of a node's Lease, each after a synced write of its own.")
        @Default("3s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String renewInterval,

        @JsonPropertyDescription("A Lease that did not change for this time is stale.")
        @Default("10s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String leaseDuration,

        @JsonPropertyDescription("Time in which a node answers the operator's direct probe.")
        @Default("1s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String probeTimeout,

        @JsonPropertyDescription("Time that a restarting container has before its node counts as dead.")
        @Default("20s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String restartGrace) {

    public static final HealthSpec DEFAULTS = Defaults.of(HealthSpec.class);

    public HealthSpec {
        renewInterval = renewInterval == null ? "3s" : renewInterval;
        leaseDuration = leaseDuration == null ? "10s" : leaseDuration;
        probeTimeout = probeTimeout == null ? "1s" : probeTimeout;
        restartGrace = restartGrace == null ? "20s" : restartGrace;
    }
}
