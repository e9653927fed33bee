package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** Where a node keeps its records. */
public record StorageSpec(
        @JsonPropertyDescription("Ephemeral: a volume that lives and goes with the pod.") @Default("Ephemeral")
        Mode mode) {

    public static final StorageSpec DEFAULTS = Defaults.of(StorageSpec.class);

    public StorageSpec {
        mode = mode == null ? Mode.Ephemeral : mode;
    }

    /** Kinds of storage; the names are what a user writes. */
    public enum Mode {
        Ephemeral
    }
}
