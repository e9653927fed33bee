package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.tollkeeper.operator.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Kubernetes Node, called machine here because a node is ours.
 *
 * @param ready whether its kubelet reports, as the API server sees it
 * @param usable whether a pod of this BillingNode could be scheduled there, resources aside
 */
public record MachineFacts(String name, String zone, boolean ready, boolean usable) {

    public static MachineFacts of(Node node, Map<String, String> nodeSelector, List<Toleration> tolerations) {
        Map<String, String> labels =
                Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
        boolean ready = Optional.ofNullable(node.getStatus()).map(NodeStatus::getConditions).orElse(List.of()).stream()
                .anyMatch(condition -> condition.getType().equals("Ready") && "True".equals(condition.getStatus()));
        boolean schedulable = !Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        boolean fits = labels.entrySet().containsAll(nodeSelector.entrySet());
        boolean tolerated = node.getSpec().getTaints().stream()
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                .allMatch(taint -> tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint)));
        return new MachineFacts(
                node.getMetadata().getName(),
                labels.getOrDefault(Names.ZONE_LABEL, Names.NO_ZONE),
                ready,
                ready && schedulable && fits && tolerated);
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        String key = Optional.ofNullable(toleration.getKey()).orElse("");
        String effect = Optional.ofNullable(toleration.getEffect()).orElse("");
        if (!effect.isEmpty() && !effect.equals(taint.getEffect())) {
            return false;
        }
        if ("Exists".equals(toleration.getOperator())) {
            return key.isEmpty() || key.equals(taint.getKey());
        }
        return key.equals(taint.getKey())
                && Optional.ofNullable(toleration.getValue())
                        .orElse("")
                        .equals(Optional.ofNullable(taint.getValue()).orElse(""));
    }
}
