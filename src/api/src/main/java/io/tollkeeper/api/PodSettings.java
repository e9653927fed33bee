package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the owner of a BillingNode may say about its pods. Everything else of a pod is the operator's. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PodSettings(
        @JsonPropertyDescription("CPU and memory of a node.") @Default("{}")
        Resources resources,

        @JsonPropertyDescription("Labels that a Kubernetes Node must have.") @Default("{}")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints of Kubernetes Nodes that pods bear.") @Default("[]") @Size(max = 32)
        List<Toleration> tolerations,

        @JsonPropertyDescription("Further labels; those of the operator win.") @Default("{}")
        Map<String, String> labels,

        @JsonPropertyDescription("Further annotations; those of the operator win.") @Default("{}")
        Map<String, String> annotations,

        @JsonPropertyDescription("Secrets with which the image is pulled.") @Default("[]") @Size(max = 16)
        List<LocalObjectReference> imagePullSecrets,

        @JsonPropertyDescription("Priority class of the pods.") @Size(min = 1, max = 253) @Nullable
        String priorityClassName,

        @JsonPropertyDescription("Time that a pod has to end after SIGTERM.")
        @Default("45s")
        @Pattern(Durations.PATTERN)
        @Size(max = 10)
        String terminationGracePeriod) {

    public static final PodSettings DEFAULTS = Defaults.of(PodSettings.class);

    public PodSettings {
        resources = resources == null ? Resources.DEFAULTS : resources;
        nodeSelector = sorted(nodeSelector == null ? Map.of() : nodeSelector);
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        labels = sorted(labels == null ? Map.of() : labels);
        annotations = sorted(annotations == null ? Map.of() : annotations);
        imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
        terminationGracePeriod = terminationGracePeriod == null ? "45s" : terminationGracePeriod;
    }

    /** {@code Map.copyOf} has another order in every JVM; what is written or hashed from a specification must not. */
    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    public record Resources(
            @JsonPropertyDescription("What the scheduler sets aside.")
            @Default("{\"cpu\":\"500m\",\"memory\":\"768Mi\"}")
            Map<String, Quantity> requests,

            @JsonPropertyDescription("What a node may use at most.") @Default("{\"memory\":\"768Mi\"}")
            Map<String, Quantity> limits) {
        public static final Resources DEFAULTS = Defaults.of(Resources.class);

        public Resources {
            requests = sorted(
                    requests == null ? Map.of("cpu", new Quantity("500m"), "memory", new Quantity("768Mi")) : requests);
            limits = sorted(limits == null ? Map.of("memory", new Quantity("768Mi")) : limits);
        }
    }
}
