package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the kubelet of one Node: registers it, renews its Lease, keeps its status, runs the pods that are bound to
 * it. Cut off, it does none of this until it is back.
 */
final class Kubelet {
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private static final System.Logger LOG = System.getLogger(Kubelet.class.getName());
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    private static final int LEASE_SECONDS = 40;
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    private static final int NOT_FOUND = 404;
    private static final Map<String, Quantity> CAPACITY = Map.of(
            "cpu", new Quantity("8"),
            "memory", new Quantity("16Gi"),
            "ephemeral-storage", new Quantity("100Gi"),
            "pods", new Quantity("110"));

    private final Machine machine;
    private final LocalNode node;
    private final String address;
    private final Duration renewEvery;
    private final Voice voice;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private final Voice apiPath;
    private final Connections apiConnections = new Connections();
    private final Thread heart;
    private @Nullable Forwarder api;
    private volatile Node seen = new Node();
    private volatile boolean closed;

    Kubelet(Machine machine, LocalNode node, Duration renewEvery) {
        this.machine = machine;
        this.node = node;
        this.address = node.address();
        this.renewEvery = renewEvery;
        this.voice = new Voice(node.name());
        this.apiPath = new Voice(node.name());
        this.heart = Thread.ofVirtual().name("kubelet-" + node.name()).unstarted(this::beat);
    }

    String node() {
        return node.name();
    }

    Optional<String> zone() {
        return node.zone();
    }

    String address() {
        return address;
    }

    Voice voice() {
        return voice;
    }

    /** Port of {@link #address} that leads the Node's pods to the API server. */
    int apiPort() {
        return machine.controlPlane().port();
    }

    private void openApiPath() {
        var server = new InetSocketAddress(
                machine.controlPlane().host(), machine.controlPlane().port());
        try {
            api = new Forwarder(
                    new InetSocketAddress(address, apiPort()),
                    List.of(new ServiceRouter.Endpoint("", server)),
                    apiConnections,
                    apiPath);
        } catch (IOException e) {
            throw new UncheckedIOException("no way to the API server for the pods of " + node.name(), e);
        }
    }

    /** Makes the Node object and begins to renew its Lease. */
    void start() {
        openApiPath();
        var labels = new HashMap<>(node.labels());
        labels.put("kubernetes.io/hostname", node.name());
        labels.put("kubernetes.io/os", "linux");
        node.zone().ifPresent(zone -> labels.put(ZONE_LABEL, zone));
        var object = new NodeBuilder()
                .withNewMetadata()
                .withName(node.name())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withProviderID("local://" + node.name())
                .withTaints(node.taints())
                .endSpec()
                .build();
        seen = machine.client().nodes().resource(object).create();
        var lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(node.name())
                .withNamespace(LEASE_NAMESPACE)
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.name())
                .withUid(seen.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(node.name())
                .withLeaseDurationSeconds(LEASE_SECONDS)
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build();
        machine.client().leases().inNamespace(LEASE_NAMESPACE).resource(lease).create();
        writeStatus();
        heart.start();
    }

    private void beat() {
        while (!closed) {
            try {
                voice.await();
                try {
                    renewLease();
                    if (!isReadyInApi()) {
                        writeStatus();
                    }
                } catch (SilentKubeletException _) {
                    continue;
                } catch (KubernetesClientException e) {
                    note("heartbeat: " + e.getMessage());
                } catch (RuntimeException e) {
                    failed("heartbeat", e);
                }
                Thread.sleep(renewEvery);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void renewLease() {
        var patch = "{\"spec\":{\"renewTime\":\"" + MICRO_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)) + "\"}}";
        api(() -> machine.client()
                .leases()
                .inNamespace(LEASE_NAMESPACE)
                .withName(node.name())
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    private boolean isReadyInApi() {
        return seen.getStatus() != null
                && seen.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private void writeStatus() {
        var now = ContainerRun.time(Instant.now());
        var status = new NodeStatusBuilder()
                .withCapacity(CAPACITY)
                .withAllocatable(CAPACITY)
                .addNewAddress(address, "InternalIP")
                .addNewAddress(node.name(), "Hostname")
                .withConditions(
                        condition("Ready", "True", "KubeletReady", "the stand-in kubelet is ready", now),
                        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "not measured here", now),
                        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "not measured here", now),
                        condition("PIDPressure", "False", "KubeletHasSufficientPID", "not measured here", now))
                .withNewNodeInfo()
                .withArchitecture("amd64")
                .withBootID("local")
                .withContainerRuntimeVersion("local-process://1")
                .withKernelVersion(System.getProperty("os.version"))
                .withKubeProxyVersion("")
                .withKubeletVersion("v1.36.3-local")
                .withMachineID("local")
                .withOperatingSystem("linux")
                .withOsImage("local processes")
                .withSystemUUID("local")
                .endNodeInfo()
                .build();
        var body = machine.client().getKubernetesSerialization().asJson(Map.of("status", status));
        seen = api(() -> machine.client()
                .nodes()
                .withName(node.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), body));
    }

    private static NodeCondition condition(String type, String status, String reason, String message, String now) {
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(now)
                .withLastTransitionTime(now)
                .build();
    }

    void nodeChanged(Node changed) {
        seen = changed;
    }

    /** The API server has this pod, bound to this Node. */
    void podChanged(Pod pod) {
        if (closed) {
            return;
        }
        var uid = pod.getMetadata().getUid();
        var known = workers.get(uid);
        if (known != null) {
            known.update(pod);
        } else if (!isOver(pod)) {
            var worker = new PodWorker(machine, this, pod);
            workers.put(uid, worker);
            worker.start();
        }
    }

    /** A pod that had ended before we knew it, and is not being deleted, needs nothing. */
    private static boolean isOver(Pod pod) {
        var phase = pod.getStatus().getPhase();
        return pod.getMetadata().getDeletionTimestamp() == null
                && ("Succeeded".equals(phase) || "Failed".equals(phase));
    }

    /** The API server has this pod no longer. */
    void podGone(String uid) {
        var worker = workers.get(uid);
        if (worker != null) {
            worker.remove();
        }
    }

    void forget(String uid) {
        workers.remove(uid);
    }

    Stream<PodWorker> pods() {
        return workers.values().stream();
    }

    /** From now on the kubelet does nothing, and its pods' processes are what {@code mode} says. */
    void cutOff(CutMode mode) {
        voice.fallSilent();
        var processes = pods().flatMap(PodWorker::processes).toList();
        switch (mode) {
            case FREEZE -> processes.forEach(Child::freeze);
            case KILL -> {
                processes.forEach(Child::kill);
                processes.forEach(process -> process.exit().join());
            }
            case ISOLATE_FROM_API -> apiPath.fallSilent();
        }
    }

    /** The machine is back: frozen processes go on where they stood, and the API server is in reach. */
    void wakeProcesses() {
        pods().flatMap(PodWorker::processes).forEach(Child::thaw);
        apiPath.speak();
    }

    /** The kubelet is back. */
    void speak() {
        voice.speak();
        pods().forEach(PodWorker::wake);
    }

    /** A call to the API server, which a kubelet that is cut off cannot make. */
    <T> T api(Supplier<T> call) {
        voice.require();
        return call.get();
    }

    void event(Pod pod, String type, String reason, String message) {
        var now = ContainerRun.time(Instant.now());
        var namespace = pod.getMetadata().getNamespace();
        var event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(pod.getMetadata().getName() + ".")
                .withNamespace(namespace)
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(pod.getMetadata().getName())
                        .withNamespace(namespace)
                        .withUid(pod.getMetadata().getUid())
                        .build())
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource("kubelet", node.name())
                .build();
        try {
            api(() -> machine.client()
                    .v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(event)
                    .create());
        } catch (KubernetesClientException e) {
            // A namespace that is going takes no events; a kubelet goes on without.
            if (e.getCode() != NOT_FOUND) {
                note("event " + reason + " of " + PodFields.key(pod) + ": " + e.getMessage());
            }
        }
    }

    void note(String message) {
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", node.name(), message);
    }

    /** A fault of the stand-in itself. */
    void failed(String what, RuntimeException problem) {
        if (!closed) {
            LOG.log(System.Logger.Level.ERROR, node.name() + ": " + what, problem);
        }
    }

    void close() {
        closed = true;
        heart.interrupt();
        if (api != null) {
            api.close();
        }
        apiPath.speak();
        apiConnections.closeAll();
        pods().forEach(PodWorker::close);
    }

    List<String> describe() {
        return pods().map(PodWorker::describe).toList();
    }
}
