package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** etcd, kube-apiserver, kube-scheduler and kube-controller-manager: the real ones, as child processes on loopback. */
final class ControlPlane {
    private static final System.Logger LOG = System.getLogger(ControlPlane.class.getName());
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);

    private final Children children;
    private final KubeBinaries binaries;
    private final LocalNetwork network;
    private final Path folder;
    private final Certificates certificates;
    private final Certificates.Identity admin;
    private final Certificates.Identity scheduler;
    private final Certificates.Identity controllers;
    private final int port;
    private final List<Child> all = new ArrayList<>();
    private final Child apiServer;

    /** Starts etcd and the API server; {@link #awaitApi} waits for them. */
    ControlPlane(Children children, KubeBinaries binaries, LocalNetwork network, List<String> nodeAddresses) {
        this.children = children;
        this.binaries = binaries;
        this.network = network;
        this.folder = children.directory().resolve("control-plane");
        this.certificates = new Certificates(folder);
        this.admin = certificates.client("admin", "tollkeeper-admin", "system:masters");
        var host = network.controlPlaneAddress();
        this.port = LocalNetwork.freePort(host, 6443);
        var etcdUrl = startEtcd(host);
        this.apiServer = startApiServer(host, etcdUrl, nodeAddresses);
        // Keys take their time, which the API server needs anyhow.
        this.scheduler = certificates.client("scheduler", "system:kube-scheduler", "system:kube-scheduler");
        this.controllers =
                certificates.client("controllers", "system:kube-controller-manager", "system:kube-controller-manager");
    }

    private String startEtcd(String host) {
        var clients = "http://" + host + ":" + LocalNetwork.freePort(host, 2379);
        var peers = "http://" + host + ":" + LocalNetwork.freePort(host, 2380);
        start(
                "etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers,
                "--unsafe-no-fsync",
                "--log-level=warn");
        return clients;
    }

    private Child startApiServer(String host, String etcdUrl, List<String> nodeAddresses) {
        var addresses = new ArrayList<>(List.of(host, "127.0.0.1", network.firstServiceAddress()));
        addresses.addAll(nodeAddresses);
        var server = certificates.server(
                "apiserver",
                List.of(
                        "localhost",
                        "kubernetes",
                        "kubernetes.default",
                        "kubernetes.default.svc",
                        "kubernetes.default.svc.cluster.local"),
                addresses);
        var tokenKey = certificates.signingKey("serviceaccounts");
        return start(
                "kube-apiserver",
                "--etcd-servers=" + etcdUrl,
                "--bind-address=" + host,
                "--advertise-address=" + host,
                "--secure-port=" + port,
                "--tls-cert-file=" + server.certificate(),
                "--tls-private-key-file=" + server.key(),
                "--client-ca-file=" + certificates.authority(),
                "--service-account-key-file=" + tokenKey.publicKey(),
                "--service-account-signing-key-file=" + tokenKey.privateKey(),
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-cluster-ip-range=" + network.serviceRange(),
                // It would write loopback addresses into an EndpointSlice, which refuses them.
                "--endpoint-reconciler-type=none",
                "--authorization-mode=Node,RBAC",
                "--profiling=false");
    }

    /** Starts scheduler and controllers, once the API server answers. */
    void startControllers(Duration nodeMonitorGracePeriod, Duration nodeMonitorPeriod) {
        start(
                "kube-scheduler",
                "--kubeconfig=" + kubeconfig("scheduler", scheduler),
                "--authentication-skip-lookup=true",
                "--leader-elect=false",
                "--secure-port=0");
        start(
                "kube-controller-manager",
                "--kubeconfig=" + kubeconfig("controllers", controllers),
                "--use-service-account-credentials=true",
                "--root-ca-file=" + certificates.authority(),
                "--service-account-private-key-file=" + folder.resolve("serviceaccounts.key"),
                // The endpoint controllers would write loopback addresses too; ServiceRouter takes their place.
                "--controllers=*,-endpoints-controller,-endpointslice-controller,-endpointslice-mirroring-controller",
                "--node-monitor-grace-period=" + nodeMonitorGracePeriod.toMillis() + "ms",
                "--node-monitor-period=" + nodeMonitorPeriod.toMillis() + "ms",
                "--allocate-node-cidrs=false",
                "--leader-elect=false",
                "--secure-port=0",
                "--profiling=false");
    }

    private Child start(String program, String... arguments) {
        var command = new ArrayList<>(List.of(binaries.path(program)));
        command.addAll(List.of(arguments));
        var child = children.start(program, command, Map.of("HOME", folder.toString()));
        all.add(child);
        var _ = child.exit().thenRun(() -> {
            if (!children.isClosed()) {
                LOG.log(System.Logger.Level.ERROR, "a part of the control plane has ended: {0}", lastWords(child));
            }
        });
        return child;
    }

    Child apiServer() {
        return apiServer;
    }

    String url() {
        return "https://" + network.controlPlaneAddress() + ":" + port;
    }

    String host() {
        return network.controlPlaneAddress();
    }

    int port() {
        return port;
    }

    Path authority() {
        return certificates.authority();
    }

    /** A kubeconfig with all rights. */
    Path adminKubeconfig() {
        return kubeconfig("admin", admin);
    }

    /** A client with all rights. */
    KubernetesClient newAdminClient(Duration requestTimeout) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withCaCertFile(certificates.authority().toString())
                .withClientCertFile(admin.certificate().toString())
                .withClientKeyFile(admin.key().toString())
                .withRequestTimeout(Math.toIntExact(requestTimeout.toMillis()))
                .withConnectionTimeout(Math.toIntExact(requestTimeout.toMillis()))
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(200)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    void awaitApi(KubernetesClient client) {
        Wait.until("kube-apiserver is ready", READY_LIMIT, () -> isReady(client), this::failures);
    }

    private boolean isReady(KubernetesClient client) {
        requireAlive();
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    /** Fails with the last words of a process of the control plane that has ended. */
    void requireAlive() {
        for (var child : all) {
            if (!child.isAlive()) {
                throw new IllegalStateException(lastWords(child));
            }
        }
    }

    String failures() {
        return all.stream().map(ControlPlane::lastWords).reduce("", (a, b) -> a + "\n" + b);
    }

    private static String lastWords(Child child) {
        return child + ", log " + child.log() + ":\n  " + String.join("\n  ", child.lastLines(8));
    }

    private Path kubeconfig(String name, Certificates.Identity identity) {
        var text = """
                apiVersion: v1
                kind: Config
                current-context: local
                clusters:
                - name: local
                  cluster: {server: "%s", certificate-authority: "%s"}
                contexts:
                - name: local
                  context: {cluster: local, user: user}
                users:
                - name: user
                  user: {client-certificate: "%s", client-key: "%s"}
                """.formatted(url(), certificates.authority(), identity.certificate(), identity.key());
        try {
            return Files.writeString(folder.resolve(name + ".kubeconfig"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
