package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a pod's status the way a kubelet does, when it differs from what the API server has. */
final class PodReport {
    static final String UNSUPPORTED_FIELD = "UnsupportedField";

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final Machine machine;
    private final Kubelet kubelet;
    private final String podIp;
    private final String startTime = ContainerRun.time(Instant.now());

    PodReport(Machine machine, Kubelet kubelet, String podIp) {
        this.machine = machine;
        this.kubelet = kubelet;
        this.podIp = podIp;
    }

    /** Reports the containers; gives the pod as the API server has it now, if anything was written. */
    Optional<Pod> write(Pod pod, List<ContainerRun> runs) {
        var phase = phase(runs);
        var statuses = runs.stream().map(ContainerRun::status).toList();
        var notReady = runs.stream()
                .filter(run -> !run.isReady())
                .map(ContainerRun::name)
                .toList();
        var started = runs.stream().anyMatch(ContainerRun::hasRun);
        var readiness =
                switch (phase) {
                    case "Succeeded" -> new Readiness(false, "PodCompleted", null);
                    case "Failed" -> new Readiness(false, "PodFailed", null);
                    default ->
                        notReady.isEmpty()
                                ? new Readiness(true, null, null)
                                : new Readiness(
                                        false, "ContainersNotReady", "containers with unready status: " + notReady);
                };
        var conditions = List.of(
                condition(pod, "PodReadyToStartContainers", new Readiness(started, null, null)),
                condition(pod, "Initialized", new Readiness(true, null, null)),
                condition(pod, "Ready", readiness),
                condition(pod, "ContainersReady", readiness));
        var status = base(phase)
                .withConditions(conditions)
                .withContainerStatuses(statuses)
                .withPodIP(podIp)
                .addNewPodIP(podIp)
                .build();
        return patch(pod, status);
    }

    /** Fails a pod that will not be run. */
    Optional<Pod> refuse(Pod pod, String message) {
        var status = base("Failed")
                .withReason(UNSUPPORTED_FIELD)
                .withMessage(message)
                .build();
        return patch(pod, status);
    }

    private record Readiness(
            boolean is, @Nullable String reason, @Nullable String message) {}

    private PodStatusBuilder base(String phase) {
        return new PodStatusBuilder()
                .withPhase(phase)
                .withHostIP(kubelet.address())
                .addNewHostIP(kubelet.address())
                .withStartTime(startTime);
    }

    private static String phase(List<ContainerRun> runs) {
        if (runs.stream().allMatch(ContainerRun::isOver)) {
            return runs.stream().allMatch(ContainerRun::succeeded) ? "Succeeded" : "Failed";
        }
        return runs.stream().allMatch(ContainerRun::hasRun) ? "Running" : "Pending";
    }

    private static PodCondition condition(Pod pod, String type, Readiness readiness) {
        var value = readiness.is() ? "True" : "False";
        var before = pod.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()) && value.equals(condition.getStatus()))
                .map(PodCondition::getLastTransitionTime)
                .findFirst();
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(value)
                .withReason(readiness.reason())
                .withMessage(readiness.message())
                .withLastTransitionTime(before.orElseGet(() -> ContainerRun.time(Instant.now())))
                .build();
    }

    private Optional<Pod> patch(Pod pod, PodStatus status) {
        if (isReported(pod.getStatus(), status)) {
            return Optional.empty();
        }
        var serialization = machine.client().getKubernetesSerialization();
        var body = Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()), "status", status);
        try {
            return Optional.of(kubelet.api(() -> machine.client()
                    .pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), serialization.asJson(body))));
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND || e.getCode() == CONFLICT) {
                return Optional.empty(); // Gone, or another pod of this name: the informer says so too.
            }
            throw e;
        }
    }

    /** Others write into the status too (PodScheduled, DisruptionTarget): only what is ours is compared. */
    private static boolean isReported(PodStatus there, PodStatus ours) {
        return Objects.equals(there.getPhase(), ours.getPhase())
                && Objects.equals(there.getPodIP(), ours.getPodIP())
                && Objects.equals(there.getReason(), ours.getReason())
                && sameContainers(there.getContainerStatuses(), ours.getContainerStatuses())
                && ours.getConditions().stream().allMatch(condition -> hasCondition(there, condition));
    }

    private static boolean hasCondition(PodStatus there, PodCondition ours) {
        return there.getConditions().stream()
                .anyMatch(condition -> Objects.equals(condition.getType(), ours.getType())
                        && Objects.equals(condition.getStatus(), ours.getStatus())
                        && Objects.equals(condition.getReason(), ours.getReason())
                        && Objects.equals(condition.getMessage(), ours.getMessage()));
    }

    private static boolean sameContainers(List<ContainerStatus> there, List<ContainerStatus> ours) {
        if (there.size() != ours.size()) {
            return false;
        }
        for (int i = 0; i < ours.size(); i++) {
            var a = there.get(i);
            var b = ours.get(i);
            if (!Objects.equals(a.getReady(), b.getReady())
                    || !Objects.equals(a.getStarted(), b.getStarted())
                    || !Objects.equals(a.getRestartCount(), b.getRestartCount())
                    || !Objects.equals(a.getState(), b.getState())
                    || !Objects.equals(a.getContainerID(), b.getContainerID())) {
                return false;
            }
        }
        return true;
    }
}
