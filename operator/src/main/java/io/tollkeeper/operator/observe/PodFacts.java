package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.operator.Names;
import java.util.Map;
import java.util.Optional;

/**
 * A pod of a node, reduced to what decides.
 *
 * @param signer address of the epoch's key
 * @param machine Kubernetes Node that it is bound to
 * @param taken whether a kubelet has acknowledged it
 * @param running whether its container runs
 */
public record PodFacts(
        String name,
        String uid,
        long epoch,
        Optional<String> signer,
        Optional<String> machine,
        Optional<String> ip,
        boolean failed,
        boolean ready,
        boolean taken,
        boolean running,
        int restarts,
        Optional<String> waiting,
        boolean terminating) {

    public static PodFacts of(Pod pod) {
        Map<String, String> labels =
                Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
        Map<String, String> annotations =
                Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of());
        PodStatus status = Optional.ofNullable(pod.getStatus()).orElseGet(PodStatus::new);
        Optional<ContainerStatus> container =
                status.getContainerStatuses().stream().findFirst();
        String phase = Optional.ofNullable(status.getPhase()).orElse("Pending");
        return new PodFacts(
                pod.getMetadata().getName(),
                Optional.ofNullable(pod.getMetadata().getUid()).orElse(""),
                epoch(labels),
                Optional.ofNullable(annotations.get(Names.SIGNER)),
                Optional.ofNullable(pod.getSpec().getNodeName()).filter(name -> !name.isEmpty()),
                Optional.ofNullable(status.getPodIP()).filter(ip -> !ip.isEmpty()),
                phase.equals("Failed") || phase.equals("Succeeded"),
                status.getConditions().stream()
                        .anyMatch(condition ->
                                condition.getType().equals("Ready") && "True".equals(condition.getStatus())),
                status.getStartTime() != null || container.isPresent(),
                container
                        .map(one -> one.getState() != null && one.getState().getRunning() != null)
                        .orElse(false),
                container.map(ContainerStatus::getRestartCount).orElse(0),
                container.flatMap(PodFacts::waiting),
                pod.getMetadata().getDeletionTimestamp() != null);
    }

    /** Whether the kubelet is bringing the container back. */
    public boolean restarting() {
        return !running || (restarts > 0 && !ready);
    }

    private static long epoch(Map<String, String> labels) {
        try {
            return Long.parseLong(labels.getOrDefault(NodeLabels.EPOCH, "0"));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static Optional<String> waiting(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .flatMap(state -> Optional.ofNullable(state.getWaiting()))
                .flatMap(waiting -> Optional.ofNullable(waiting.getReason()));
    }
}
