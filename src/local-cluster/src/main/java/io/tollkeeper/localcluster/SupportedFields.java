package io.tollkeeper.localcluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a pod that the stand-in kubelet knows. A pod with any other is refused, so that nobody takes for
 * shown what was passed over.
 */
final class SupportedFields {
    /** Fields that the stand-in (or the real control plane) acts on. {@code **} is whatever lies below. */
    private static final String HONOURED = """
            nodeName nodeSelector.** affinity.** tolerations.** topologySpreadConstraints.** schedulerName
            schedulingGates.** priority priorityClassName preemptionPolicy
            restartPolicy terminationGracePeriodSeconds serviceAccountName serviceAccount automountServiceAccountToken
            containers[].name containers[].image containers[].command[] containers[].args[] containers[].ports.**
            containers[].env[].name containers[].env[].value
            containers[].env[].valueFrom.fieldRef.apiVersion containers[].env[].valueFrom.fieldRef.fieldPath
            containers[].env[].valueFrom.resourceFieldRef.containerName
            containers[].env[].valueFrom.resourceFieldRef.resource
            containers[].env[].valueFrom.resourceFieldRef.divisor
            containers[].env[].valueFrom.configMapKeyRef.** containers[].env[].valueFrom.secretKeyRef.**
            containers[].envFrom[].prefix containers[].envFrom[].configMapRef.** containers[].envFrom[].secretRef.**
            containers[].resources.limits.** containers[].resources.requests.**
            containers[].volumeMounts[].name containers[].volumeMounts[].mountPath
            containers[].volumeMounts[].readOnly containers[].volumeMounts[].subPath
            containers[].{probe}.httpGet.path containers[].{probe}.httpGet.port containers[].{probe}.httpGet.host
            containers[].{probe}.httpGet.scheme containers[].{probe}.httpGet.httpHeaders.**
            containers[].{probe}.tcpSocket.port containers[].{probe}.tcpSocket.host
            containers[].{probe}.exec.command[]
            containers[].{probe}.initialDelaySeconds containers[].{probe}.timeoutSeconds
            containers[].{probe}.periodSeconds containers[].{probe}.successThreshold
            containers[].{probe}.failureThreshold containers[].{probe}.terminationGracePeriodSeconds
            volumes[].name volumes[].emptyDir.** volumes[].configMap.** volumes[].secret.**
            volumes[].downwardAPI.defaultMode volumes[].downwardAPI.items[].path
            volumes[].downwardAPI.items[].mode volumes[].downwardAPI.items[].fieldRef.**
            volumes[].projected.defaultMode volumes[].projected.sources[].configMap.**
            volumes[].projected.sources[].secret.** volumes[].projected.sources[].serviceAccountToken.**
            volumes[].projected.sources[].downwardAPI.items[].path
            volumes[].projected.sources[].downwardAPI.items[].mode
            volumes[].projected.sources[].downwardAPI.items[].fieldRef.**
            """;

    /** Fields that pods of a real cluster need and that have no meaning here; docs/local-cluster.md lists them. */
    private static final String WITHOUT_EFFECT = """
            securityContext.** imagePullSecrets.** enableServiceLinks dnsPolicy
            containers[].imagePullPolicy containers[].securityContext.** containers[].terminationMessagePath
            containers[].terminationMessagePolicy
            """;

    private static final List<String> PROBES = List.of("startupProbe", "readinessProbe", "livenessProbe");

    private static final Set<String> EXACT = new HashSet<>();
    private static final List<String> SUBTREES = new ArrayList<>();

    static {
        for (var field : (HONOURED + WITHOUT_EFFECT).trim().split("\\s+")) {
            for (var probe : PROBES) {
                var path = field.replace("{probe}", probe);
                if (path.endsWith(".**")) {
                    SUBTREES.add(path.substring(0, path.length() - ".**".length()));
                } else {
                    EXACT.add(path);
                }
            }
        }
    }

    private SupportedFields() {}

    /** Paths of the fields of a pod's {@code spec} that the stand-in does not know; in the order of the document. */
    static List<String> unknownIn(JsonNode spec) {
        var unknown = new ArrayList<String>();
        collect("", spec, unknown);
        return unknown.stream().distinct().map(path -> "spec." + path).toList();
    }

    private static void collect(String path, JsonNode node, List<String> unknown) {
        if (isSubtree(path)) {
            return;
        }
        switch (node.getNodeType()) {
            case OBJECT ->
                node.properties()
                        .forEach(field -> collect(
                                path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                                field.getValue(),
                                unknown));
            case ARRAY -> node.forEach(element -> collect(path + "[]", element, unknown));
            case NULL, MISSING -> {}
            case BOOLEAN, NUMBER, STRING, BINARY, POJO -> {
                if (!EXACT.contains(path)) {
                    unknown.add(path);
                }
            }
        }
    }

    private static boolean isSubtree(String path) {
        return SUBTREES.stream()
                .anyMatch(known -> path.equals(known) || path.startsWith(known + ".") || path.startsWith(known + "["));
    }
}
