package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How nodes write checkpoints to the chain. */
@ValidationRule(
        value = "duration(self.interval) < duration(self.promise)",
        message = "spec.anchor.interval must be less than spec.anchor.promise",
        fieldPath = ".interval")
@ValidationRule(
        value = "duration(self.interval) > duration('0s')",
        message = "spec.anchor.interval must be more than 0",
        fieldPath = ".interval")
public record AnchorSpec(
        @JsonPropertyDescription(
                "FULL: each anchor carries the newest record of every agreement touched, so that anybody"
                        + " can read counters and amounts from the chain. DIGEST: the log's root alone.")
        @Default("FULL")
        Mode mode,

        @JsonPropertyDescription("Longest time between two anchors while records wait.")
        @Default("10s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String interval,

        @JsonPropertyDescription("Time from acceptance to anchor that a receipt promises.")
        @Default("60s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String promise) {

    public static final AnchorSpec DEFAULTS = Defaults.of(AnchorSpec.class);

    public AnchorSpec {
        mode = mode == null ? Mode.FULL : mode;
        interval = interval == null ? "10s" : interval;
        promise = promise == null ? "60s" : promise;
    }

    /** What an anchor carries. */
    public enum Mode {
        FULL,
        DIGEST
    }
}
