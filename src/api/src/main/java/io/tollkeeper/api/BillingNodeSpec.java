package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a BillingNode asks for. The API server fills every default from the schema; the same defaults stand
 * here, so that an object built in code equals one that came from the server (a test holds the two together).
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "duration(self.update.drainDeadline) < duration(self.pod.terminationGracePeriod)",
        message = "spec.update.drainDeadline must be less than spec.pod.terminationGracePeriod",
        fieldPath = ".update.drainDeadline")
public record BillingNodeSpec(
        @JsonPropertyDescription("Number of billing nodes.") @Default("1") @Min(1) @Max(64) @SpecReplicas
        Integer replicas,

        @JsonPropertyDescription("Name of a chain that the operator was given. Immutable.")
        @Default("default")
        @Pattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
        @ValidationRule(value = "self == oldSelf", message = "spec.chain is immutable")
        @PrinterColumn(name = "Chain", priority = 1)
        String chain,

        @JsonPropertyDescription("Plans that these nodes serve; no other plan's records are taken.") @Required
        Plans plans,

        @JsonPropertyDescription("Image of the nodes; the operator's own node image when absent.")
        @Size(min = 1, max = 512)
        @Nullable
        String image,

        @JsonPropertyDescription("Availability zones that may hold nodes; all eligible zones when empty.")
        @Default("[]")
        @Size(max = 32)
        List<String> zones,

        @JsonPropertyDescription("How nodes write to the chain.") @Default("{}")
        AnchorSpec anchor,

        @JsonPropertyDescription("Where nodes keep their records.") @Default("{}")
        StorageSpec storage,

        @JsonPropertyDescription("What the owner may say about the nodes' pods.") @Default("{}")
        PodSettings pod,

        @JsonPropertyDescription("How a failed node is recognised.") @Default("{}")
        HealthSpec health,

        @JsonPropertyDescription("How a failed node is replaced.") @Default("{}")
        FailoverSpec failover,

        @JsonPropertyDescription("How a node is stopped on purpose.") @Default("{}")
        UpdateSpec update,

        @JsonPropertyDescription("How a BillingNode goes.") @Default("{}")
        DeletionSpec deletion,

        @JsonPropertyDescription("Stops the operator from starting anything for this BillingNode.") @Default("{}")
        PausedSpec paused) {

    public static final BillingNodeSpec DEFAULTS = Defaults.of(BillingNodeSpec.class);

    public BillingNodeSpec {
        replicas = replicas == null ? 1 : replicas;
        chain = chain == null ? "default" : chain;
        plans = plans == null ? new Plans(List.of()) : plans;
        zones = zones == null ? List.of() : List.copyOf(zones);
        anchor = anchor == null ? AnchorSpec.DEFAULTS : anchor;
        storage = storage == null ? StorageSpec.DEFAULTS : storage;
        pod = pod == null ? PodSettings.DEFAULTS : pod;
        health = health == null ? HealthSpec.DEFAULTS : health;
        failover = failover == null ? FailoverSpec.DEFAULTS : failover;
        update = update == null ? Defaults.of(UpdateSpec.class) : update;
        deletion = deletion == null ? Defaults.of(DeletionSpec.class) : deletion;
        paused = paused == null ? Defaults.of(PausedSpec.class) : paused;
    }

    /** ConfigMaps with plan documents (terms and tariff); every key of each is one document. */
    public record Plans(
            @JsonPropertyDescription("Names of ConfigMaps in this namespace; every key of each is one plan document.")
            @Required
            @Size(min = 1, max = 16)
            List<String> configMaps) {
        public Plans {
            configMaps = configMaps == null ? List.of() : List.copyOf(configMaps);
        }
    }

    public record UpdateSpec(
            @JsonPropertyDescription("Longest drain of a node after SIGTERM.")
            @Default("30s")
            @Pattern(Durations.PATTERN)
            @Size(max = 10)
            String drainDeadline) {
        public UpdateSpec {
            drainDeadline = drainDeadline == null ? "30s" : drainDeadline;
        }
    }

    public record DeletionSpec(
            @JsonPropertyDescription(
                    "After this time a node is fenced whether its pod is gone or not, and the BillingNode goes.")
            @Default("120s")
            @Pattern(Durations.PATTERN)
            @Size(max = 10)
            String deadline) {
        public DeletionSpec {
            deadline = deadline == null ? "120s" : deadline;
        }
    }

    @ValidationRule(
            value = "!self.enabled || size(self.reason) > 0",
            message = "spec.paused.reason must say why while spec.paused.enabled is true",
            fieldPath = ".reason")
    public record PausedSpec(
            @JsonPropertyDescription("True: no node is placed, moved or removed; a move that runs is finished.")
            @Default("false")
            Boolean enabled,

            @JsonPropertyDescription("Why; shown in the condition Paused.") @Default("\"\"") @Size(max = 256)
            String reason) {
        public PausedSpec {
            enabled = enabled == null ? Boolean.FALSE : enabled;
            reason = reason == null ? "" : reason;
        }
    }
}
