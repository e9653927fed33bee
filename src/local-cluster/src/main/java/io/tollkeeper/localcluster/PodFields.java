package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectFieldSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of a pod's own fields, as the downward API hands them to its containers. */
final class PodFields {
    private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

    private PodFields() {}

    static String value(Pod pod, ObjectFieldSelector selector, String podIp, String hostIp) throws NotYetException {
        var path = selector.getFieldPath();
        var metadata = pod.getMetadata();
        var keyed = KEYED.matcher(path);
        if (keyed.matches()) {
            var map = "labels".equals(keyed.group(1)) ? metadata.getLabels() : metadata.getAnnotations();
            return orEmpty(map).getOrDefault(keyed.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> metadata.getName();
            case "metadata.namespace" -> metadata.getNamespace();
            case "metadata.uid" -> metadata.getUid();
            case "metadata.labels" -> lines(metadata.getLabels());
            case "metadata.annotations" -> lines(metadata.getAnnotations());
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
            case "status.podIP", "status.podIPs" -> podIp;
            case "status.hostIP", "status.hostIPs" -> hostIp;
            default ->
                throw new NotYetException("CreateContainerConfigError", "fieldPath " + path + " is not known here");
        };
    }

    static String value(Container container, ResourceFieldSelector selector) throws NotYetException {
        var name = selector.getResource();
        var resources = container.getResources();
        @Nullable
        Quantity quantity =
                switch (name) {
                    case "limits.memory", "limits.cpu" ->
                        orEmpty(resources.getLimits()).get(name.substring("limits.".length()));
                    case "requests.memory", "requests.cpu" ->
                        orEmpty(resources.getRequests()).get(name.substring("requests.".length()));
                    default ->
                        throw new NotYetException(
                                "CreateContainerConfigError", "resource " + name + " is not known here");
                };
        if (quantity == null) {
            throw new NotYetException(
                    "CreateContainerConfigError", "container " + container.getName() + " does not set " + name);
        }
        var divisor =
                selector.getDivisor() == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(selector.getDivisor());
        return Quantity.getAmountInBytes(quantity)
                .divide(divisor.signum() == 0 ? BigDecimal.ONE : divisor, 0, RoundingMode.CEILING)
                .toPlainString();
    }

    static OptionalLong memoryLimitBytes(Container container) {
        var resources = container.getResources();
        var limit = resources == null ? null : orEmpty(resources.getLimits()).get("memory");
        return limit == null
                ? OptionalLong.empty()
                : OptionalLong.of(Quantity.getAmountInBytes(limit).longValue());
    }

    /** Key of this pod in messages and folder names. */
    static String key(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    private static String lines(@Nullable Map<String, String> map) {
        return new TreeMap<>(orEmpty(map))
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                        .collect(Collectors.joining("\n"));
    }

    static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
