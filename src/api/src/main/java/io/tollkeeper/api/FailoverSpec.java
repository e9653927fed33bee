package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a failed node is replaced. */
@ValidationRule(
        value = "duration(self.placementTimeout) > duration('0s')",
        message = "spec.failover.placementTimeout must be more than 0",
        fieldPath = ".placementTimeout")
@ValidationRule(
        value = "duration(self.startupTimeout) > duration('0s')",
        message = "spec.failover.startupTimeout must be more than 0",
        fieldPath = ".startupTimeout")
public record FailoverSpec(
        @JsonPropertyDescription("Time between the verdict that a node is dead and its move.")
        @Default("0s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String delay,

        @JsonPropertyDescription(
                "Time in which a successor must be bound to a Kubernetes Node and taken by its kubelet;"
                        + " after it, a new attempt with a new epoch.")
        @Default("20s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String placementTimeout,

        @JsonPropertyDescription("Time in which a bound successor must be Ready.")
        @Default("180s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String startupTimeout,

        @JsonPropertyDescription("Time for which an abnormal zone gets no node; then it is tried again.")
        @Default("5m")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String zoneCoolDown,

        @JsonPropertyDescription("What is done with the pod of a dead node whose Kubernetes Node does not answer: Wait"
                + " leaves it to Kubernetes, ForceDelete removes the object at once.")
        @Default("Wait")
        UnreachablePodPolicy unreachablePodPolicy,

        @JsonPropertyDescription("Time between attempts for one node.") @Default("{}")
        Backoff backoff,

        @JsonPropertyDescription("When the operator stops moving nodes.") @Default("{}")
        Breaker breaker) {

    public static final FailoverSpec DEFAULTS = Defaults.of(FailoverSpec.class);

    public FailoverSpec {
        delay = delay == null ? "0s" : delay;
        placementTimeout = placementTimeout == null ? "20s" : placementTimeout;
        startupTimeout = startupTimeout == null ? "180s" : startupTimeout;
        zoneCoolDown = zoneCoolDown == null ? "5m" : zoneCoolDown;
        unreachablePodPolicy = unreachablePodPolicy == null ? UnreachablePodPolicy.Wait : unreachablePodPolicy;
        backoff = backoff == null ? Backoff.DEFAULTS : backoff;
        breaker = breaker == null ? Breaker.DEFAULTS : breaker;
    }

    /** What is done with a pod that cannot be told to end; the names are what a user writes. */
    public enum UnreachablePodPolicy {
        Wait,
        ForceDelete
    }

    @ValidationRule(
            value = "duration(self.initial) <= duration(self.max)",
            message = "spec.failover.backoff.initial must not be more than spec.failover.backoff.max",
            fieldPath = ".initial")
    public record Backoff(
            @JsonPropertyDescription("Wait before the second attempt.")
            @Default("10s")
            @Pattern(Durations.PATTERN)
            @Size(max = 10)
            String initial,

            @JsonPropertyDescription("Factor from one wait to the next.") @Default("2") @Min(1) @Max(10)
            Integer multiplier,

            @JsonPropertyDescription("Longest wait.") @Default("5m") @Pattern(Durations.PATTERN) @Size(max = 10)
            String max,

            @JsonPropertyDescription("A node that lived this long starts counting anew.")
            @Default("30m")
            @Pattern(Durations.PATTERN)
            @Size(max = 10)
            String resetAfter) {
        public static final Backoff DEFAULTS = Defaults.of(Backoff.class);

        public Backoff {
            initial = initial == null ? "10s" : initial;
            multiplier = multiplier == null ? 2 : multiplier;
            max = max == null ? "5m" : max;
            resetAfter = resetAfter == null ? "30m" : resetAfter;
        }
    }

    public record Breaker(
            @JsonPropertyDescription("Dead nodes in more zones than this, within the window, open the breaker.")
            @Default("1")
            @Min(1)
            @Max(64)
            Integer maxZones,

            @JsonPropertyDescription("The window; the breaker closes after a window without a death.")
            @Default("2m")
            @Pattern(Durations.PATTERN)
            @Size(max = 10)
            String window) {
        public static final Breaker DEFAULTS = Defaults.of(Breaker.class);

        public Breaker {
            maxZones = maxZones == null ? 1 : maxZones;
            window = window == null ? "2m" : window;
        }
    }
}
