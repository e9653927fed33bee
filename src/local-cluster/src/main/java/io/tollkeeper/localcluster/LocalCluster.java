package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Kubernetes on this machine: the real control plane, Nodes in pretended zones, pods as local processes. Closing it ends
 * everything it started; so does the end of the JVM, whatever ended it.
 */
public final class LocalCluster implements AutoCloseable {
    /** Label and taint key of the Node {@link #SYSTEM_NODE}; the value of both is {@link #SYSTEM_NODE}. */
    public static final String ROLE = "tollkeeper.io/local-cluster-role";

    /** The Node without zone. Only pods land on it that select its label and tolerate its taint ({@link #ROLE}). */
    public static final String SYSTEM_NODE = "system";

    private static final Duration API_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final Children children;
    private final LocalNetwork network;
    private final ControlPlane controlPlane;
    private final KubernetesClient client;
    private final HostsFiles names;
    private final ServiceRouter router;
    private final List<Kubelet> kubelets;
    private final CommandLine kubectl;
    private final CommandLine helm;

    private LocalCluster(
            Children children,
            LocalNetwork network,
            ControlPlane controlPlane,
            KubernetesClient client,
            HostsFiles names,
            ServiceRouter router,
            List<Kubelet> kubelets,
            KubeBinaries binaries) {
        this.children = children;
        this.network = network;
        this.controlPlane = controlPlane;
        this.client = client;
        this.names = names;
        this.router = router;
        this.kubelets = kubelets;
        this.kubectl = new CommandLine(children, binaries.path("kubectl"), kubeconfig());
        this.helm = new CommandLine(children, binaries.path("helm"), kubeconfig());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What a cluster can be told before it starts. Everything has a default. */
    public static final class Builder {
        private List<String> zones = List.of("zone-a", "zone-b", "zone-c");
        private int nodesPerZone = 1;
        private Images images = Images.none();
        private Path runs = Path.of("build", "local-cluster");
        private Duration nodeMonitorGracePeriod = Duration.ofSeconds(50);
        private Duration restartBackOff = Duration.ofSeconds(10);
        private Duration restartBackOffMax = Duration.ofMinutes(5);
        private Consumer<String> progress = _ -> {};

        private Builder() {}

        /** Names of the zones; default zone-a, zone-b, zone-c. */
        public Builder zones(List<String> names) {
            zones = List.copyOf(names);
            return this;
        }

        /** Nodes in each zone, named {@code <zone>-1 …}; default 1. */
        public Builder nodesPerZone(int count) {
            nodesPerZone = count;
            return this;
        }

        /** Images that pods may name; default none. */
        public Builder images(Images known) {
            images = known;
            return this;
        }

        /** Folder that runs make theirs in, also their logs; default {@code build/local-cluster}. */
        public Builder runs(Path folder) {
            runs = folder;
            return this;
        }

        /**
         * Time after which the controllers give up a Node whose Lease is not renewed; default 50 s, as in Kubernetes.
         * Nodes renew every 10 s, or at a fifth of this period if that is shorter.
         */
        public Builder nodeMonitorGracePeriod(Duration period) {
            nodeMonitorGracePeriod = period;
            return this;
        }

        /** Delay before the second restart in a row, which then doubles up to {@code max}; default 10 s and 5 min. */
        public Builder restartBackOff(Duration initial, Duration max) {
            restartBackOff = initial;
            restartBackOffMax = max;
            return this;
        }

        /** Told in plain words what the start is at; default nobody. */
        public Builder progress(Consumer<String> listener) {
            progress = listener;
            return this;
        }

        /** Starts the cluster; when this returns, every Node is Ready and takes pods. */
        public LocalCluster start() {
            var binaries = KubeBinaries.locate();
            progress.accept("ends what earlier runs left under " + runs);
            var children = Children.open(runs);
            var network = LocalNetwork.reserve();
            try {
                return start(binaries, children, network);
            } catch (RuntimeException e) {
                children.close();
                network.close();
                throw e;
            }
        }

        private LocalCluster start(KubeBinaries binaries, Children children, LocalNetwork network) {
            progress.accept("starts etcd and kube-apiserver");
            var nodes = nodes(network);
            var controlPlane = new ControlPlane(
                    children,
                    binaries,
                    network,
                    nodes.stream().map(LocalNode::address).toList());
            var client = controlPlane.newAdminClient(API_TIMEOUT);
            controlPlane.awaitApi(client);
            progress.accept("starts kube-scheduler and kube-controller-manager");
            controlPlane.startControllers(
                    nodeMonitorGracePeriod, min(Duration.ofSeconds(5), nodeMonitorGracePeriod.dividedBy(5)));
            var names = new HostsFiles(children.directory().resolve("names"));
            var services = client.services().inAnyNamespace().runnableInformer(0);
            var pods = client.pods().inAnyNamespace().runnableInformer(0);
            var router = new ServiceRouter(
                    () -> services.getIndexer().list(), () -> pods.getIndexer().list(), names);
            var machine = new Machine(
                    client,
                    children,
                    network,
                    images,
                    controlPlane,
                    names,
                    client.configMaps().inAnyNamespace().runnableInformer(0),
                    client.secrets().inAnyNamespace().runnableInformer(0),
                    restartBackOff,
                    restartBackOffMax);
            var kubelets = nodes.stream()
                    .map(node -> new Kubelet(
                            machine, node, min(Duration.ofSeconds(10), nodeMonitorGracePeriod.dividedBy(5))))
                    .toList();
            var cluster = new LocalCluster(children, network, controlPlane, client, names, router, kubelets, binaries);
            try {
                cluster.run(machine, services, pods, progress);
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        private List<LocalNode> nodes(LocalNetwork network) {
            var system = new LocalNode(
                    SYSTEM_NODE,
                    network.nodeAddress(1),
                    Optional.empty(),
                    Map.of(ROLE, SYSTEM_NODE),
                    List.of(new Taint("NoSchedule", ROLE, null, SYSTEM_NODE)));
            var zoned = new ArrayList<>(List.of(system));
            for (var zone : zones) {
                for (int i = 1; i <= nodesPerZone; i++) {
                    var address = network.nodeAddress(zoned.size() + 1);
                    zoned.add(new LocalNode(zone + "-" + i, address, Optional.of(zone), Map.of(), List.of()));
                }
            }
            return zoned;
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }
    }

    private void run(
            Machine machine,
            SharedIndexInformer<Service> services,
            SharedIndexInformer<Pod> pods,
            Consumer<String> progress) {
        Map<String, Kubelet> byNode =
                kubelets.stream().collect(Collectors.toUnmodifiableMap(Kubelet::node, kubelet -> kubelet));
        var nodes = client.nodes().runnableInformer(0);
        follow(nodes, (node, _) -> of(byNode, node.getMetadata().getName()).ifPresent(k -> k.nodeChanged(node)));
        follow(services, (_, _) -> router.changed());
        follow(pods, (pod, gone) -> {
            router.changed();
            of(byNode, pod.getSpec().getNodeName()).ifPresent(kubelet -> {
                if (gone) {
                    kubelet.podGone(pod.getMetadata().getUid());
                } else {
                    kubelet.podChanged(pod);
                }
            });
        });
        follow(machine.configMaps(), (map, _) -> wakePods(map));
        follow(machine.secrets(), (secret, _) -> wakePods(secret));
        progress.accept("makes the Nodes");
        kubelets.forEach(Kubelet::start);
        progress.accept("waits for the Nodes to take pods");
        Wait.until(
                "every Node is Ready and takes pods",
                READY_LIMIT,
                () -> {
                    controlPlane.requireAlive();
                    return nodes.getIndexer().list().stream()
                                    .filter(LocalCluster::takesPods)
                                    .count()
                            == kubelets.size();
                },
                controlPlane::failures);
        progress.accept("waits for the ServiceAccount of the namespace default");
        Wait.until(
                "the namespace default has its ServiceAccount",
                READY_LIMIT,
                () -> client.serviceAccounts()
                                .inNamespace("default")
                                .withName("default")
                                .get()
                        != null,
                controlPlane::failures);
    }

    private static Optional<Kubelet> of(Map<String, Kubelet> byNode, @org.jspecify.annotations.Nullable String name) {
        return name == null ? Optional.empty() : Optional.ofNullable(byNode.get(name));
    }

    private static boolean takesPods(Node node) {
        return node.getSpec().getTaints().stream()
                        .noneMatch(taint -> taint.getKey().startsWith("node.kubernetes.io/"))
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private void wakePods(HasMetadata source) {
        var prefix = source.getMetadata().getNamespace() + "/";
        kubelets.stream()
                .flatMap(Kubelet::pods)
                .filter(pod -> pod.key().startsWith(prefix))
                .forEach(PodWorker::wake);
    }

    private static <T> void follow(SharedIndexInformer<T> informer, BiConsumer<T, Boolean> listener) {
        informer.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                listener.accept(object, false);
            }

            @Override
            public void onUpdate(T before, T object) {
                listener.accept(object, false);
            }

            @Override
            public void onDelete(T object, boolean stateUnknown) {
                listener.accept(object, true);
            }
        });
        informer.run();
    }

    /** A client with all rights. */
    public KubernetesClient client() {
        return client;
    }

    /** A kubeconfig with all rights. */
    public Path kubeconfig() {
        return controlPlane.adminKubeconfig();
    }

    /** {@code kubectl} of the cluster's version, with all rights. */
    public CommandLine kubectl() {
        return kubectl;
    }

    /** {@code helm}, with all rights. */
    public CommandLine helm() {
        return helm;
    }

    /** Starts further processes that end with this cluster, and holds the folder of this run. */
    public Children children() {
        return children;
    }

    /** Folder with a log of every process: {@code <namespace>_<pod>_<container>.log}, and the control plane's own. */
    public Path logs() {
        return children.logs();
    }

    /** Logs of a pod's containers, one file for each start of each; of pods that are gone too. */
    public List<Path> logs(String namespace, String pod) {
        try (var files = Files.list(logs())) {
            return files.filter(file -> file.getFileName().toString().startsWith(namespace + "_" + pod + "_"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A hosts file with the names of all Services ({@code name.namespace.svc} and so on), rewritten when they change;
     * for {@link ImageEntry#nameResolution}.
     */
    public Path hostsFile() {
        return names.ofAll();
    }

    /** Cuts every Node of {@code zone} off: its kubelets fall silent, its pods' processes freeze, end or go on alone. */
    public void cutZone(String zone, CutMode mode) {
        ofZone(zone).forEach(kubelet -> kubelet.cutOff(mode));
    }

    /** Brings a zone back, kubelets and processes at once. */
    public void healZone(String zone) {
        healZone(zone, Duration.ZERO);
    }

    /**
     * Brings a zone back: frozen processes go on at once where they stood, the kubelets {@code kubeletsAfter} later.
     * From then on pods that were deleted meanwhile have their grace period. Returns when the kubelets are back.
     */
    public void healZone(String zone, Duration kubeletsAfter) {
        var back = ofZone(zone);
        back.forEach(Kubelet::wakeProcesses);
        Wait.pause(kubeletsAfter.toMillis());
        back.forEach(Kubelet::speak);
    }

    private List<Kubelet> ofZone(String zone) {
        var found = kubelets.stream()
                .filter(kubelet -> kubelet.zone().equals(Optional.of(zone)))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("expected a zone of this cluster, got " + zone);
        }
        return found;
    }

    /** Kills the processes of a pod (SIGKILL), as a crash would; its kubelet restarts them under its restart policy. */
    public void killPod(String namespace, String name) {
        processes(namespace, name).forEach(Child::kill);
    }

    /** Stops the processes of one pod where they stand; its kubelet goes on and sees its probes fail. */
    public void freezePod(String namespace, String name) {
        processes(namespace, name).forEach(Child::freeze);
    }

    /** Lets a frozen pod go on. */
    public void thawPod(String namespace, String name) {
        processes(namespace, name).forEach(Child::thaw);
    }

    private List<Child> processes(String namespace, String name) {
        var found = kubelets.stream()
                .flatMap(Kubelet::pods)
                .filter(pod -> pod.key().equals(namespace + "/" + name))
                .flatMap(PodWorker::processes)
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "expected a running pod " + namespace + "/" + name + ", here run:\n" + describe());
        }
        return found;
    }

    /** Stops the API server where it stands; connections to it stay open and nothing answers. */
    public void freezeApiServer() {
        controlPlane.apiServer().freeze();
    }

    /** Lets the API server go on. */
    public void thawApiServer() {
        controlPlane.apiServer().thaw();
    }

    /** Freezes the API server for {@code time}; returns when it goes on. */
    public void freezeApiServer(Duration time) {
        freezeApiServer();
        try {
            Wait.pause(time.toMillis());
        } finally {
            thawApiServer();
        }
    }

    /** Every pod that a Node has, what its containers are at, and the last lines of those that are not well. */
    public String describe() {
        return kubelets.stream()
                .flatMap(kubelet -> kubelet.describe().stream())
                .collect(Collectors.joining("\n  ", "  ", ""));
    }

    @Override
    public void close() {
        kubelets.forEach(Kubelet::close);
        router.close();
        client.close();
        children.close();
        network.close();
    }
}
