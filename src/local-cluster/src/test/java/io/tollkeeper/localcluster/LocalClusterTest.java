package io.tollkeeper.localcluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalClusterTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    private static LocalCluster cluster;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    private static HttpClient http;

    @BeforeAll
    static void start() {
        http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        cluster = LocalCluster.builder()
                .runs(Path.of("target", "local-cluster"))
                .images(TestImages.all())
                .nodeMonitorGracePeriod(Duration.ofSeconds(5))
                .restartBackOff(Duration.ofSeconds(1), Duration.ofSeconds(4))
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        http.close();
    }

    @Test
    void aPodRunsWithItsEnvironmentFilesTokenAndService() {
        create("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                """);
        create("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings, namespace: shop}
                data: {colour: blue, shape: round}
                """);
        create("""
                apiVersion: v1
                kind: Secret
                metadata: {name: keys, namespace: shop}
                stringData: {key: hidden}
                """);
        create("""
                apiVersion: v1
                kind: Service
                metadata: {name: echo, namespace: shop}
                spec:
                  selector: {app: echo}
                  ports: [{name: web, port: 7000, targetPort: http}]
                """);
        awaitServiceAccount("shop");
        create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: echo, namespace: shop, labels: {app: echo}}
                spec:
                  nodeSelector: {topology.kubernetes.io/zone: zone-b}
                  terminationGracePeriodSeconds: 5
                  containers:
                  - name: echo
                    image: test/echo:1
                    args: ["--folder=/etc/settings", "$(POD_IP)"]
                    ports: [{name: http, containerPort: 8080}]
                    resources: {limits: {memory: 64Mi}, requests: {memory: 64Mi, cpu: 100m}}
                    env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                    - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
                    - {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: key}}}
                    - {name: FOLDER, value: /etc/settings}
                    - {name: DATA, value: /var/lib/data/store}
                    readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
                    livenessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
                    volumeMounts:
                    - {name: settings, mountPath: /etc/settings}
                    - {name: keys, mountPath: /etc/keys, readOnly: true}
                    - {name: data, mountPath: /var/lib/data}
                  volumes:
                  - {name: settings, configMap: {name: settings}}
                  - {name: keys, secret: {secretName: keys, defaultMode: 256}}
                  - {name: data, emptyDir: {}}
                """);

        awaitReady("shop", "echo");
        var pod = pod("shop", "echo").orElseThrow();
        assertThat(pod.getSpec().getNodeName()).isEqualTo("zone-b-1");
        assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
        var direct = "http://" + pod.getStatus().getPodIP() + ":8080";
        assertThat(get(direct + "/env?POD_NAME")).isEqualTo("echo");
        assertThat(get(direct + "/env?POD_IP")).isEqualTo(pod.getStatus().getPodIP());
        assertThat(get(direct + "/env?NODE")).isEqualTo("zone-b-1");
        assertThat(get(direct + "/env?COLOUR")).isEqualTo("blue");
        assertThat(get(direct + "/env?KEY")).isEqualTo("hidden");
        assertThat(get(direct + "/env?HOSTNAME")).isEqualTo("echo");
        assertThat(get(direct + "/env?JAVA_HOME"))
                .as("nothing of this JVM's own")
                .isEqualTo("null");
        assertThat(get(direct + "/arguments")).contains(pod.getStatus().getPodIP());
        assertThat(Long.parseLong(get(direct + "/maxmemory"))).isLessThanOrEqualTo(32L << 20);
        var folder = get(direct + "/env?FOLDER");
        assertThat(get(direct + "/list?" + folder)).isEqualTo("[colour, shape]");
        assertThat(get(direct + "/arguments")).contains("--folder=" + folder);
        assertThat(get(direct + "/env?DATA")).endsWith("/var/lib/data/store").isNotEqualTo("/var/lib/data/store");

        var service =
                cluster.client().services().inNamespace("shop").withName("echo").get();
        var routed = "http://" + service.getSpec().getClusterIP() + ":7000";
        Wait.until("the Service leads to the pod", SOON, () -> "echo".equals(tryGet(routed + "/env?POD_NAME")));
        assertThat(get(direct + "/resolve?echo.shop.svc"))
                .isEqualTo(service.getSpec().getClusterIP());
        assertThat(get(direct + "/resolve?echo")).isEqualTo(service.getSpec().getClusterIP());

        var token = get(direct + "/file?" + get(direct + "/env?KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN"));
        var authority = get(direct + "/env?KUBERNETES_CERTS_CA_FILE");
        assertThat(cluster.kubectl()
                        .run(
                                "--kubeconfig=/dev/null",
                                "--server=" + get(direct + "/env?KUBERNETES_MASTER"),
                                "--certificate-authority=" + authority,
                                "--token=" + token,
                                "auth",
                                "whoami"))
                .contains("system:serviceaccount:shop:default")
                .contains("authentication.kubernetes.io/pod-name");

        cluster.client().configMaps().inNamespace("shop").withName("settings").edit(map -> {
            map.getData().put("colour", "green");
            map.getData().remove("shape");
            return map;
        });
        Wait.until("the file changes", SOON, () -> "green".equals(tryGet(direct + "/file?" + folder + "/colour")));
        assertThat(get(direct + "/list?" + folder)).isEqualTo("[colour]");
    }

    @Test
    void aPodWithAnUnknownFieldIsRefusedWithAnEvent() {
        create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: odd, namespace: default}
                spec:
                  hostNetwork: true
                  containers:
                  - name: shell
                    image: test/shell:1
                    args: ["sleep 60"]
                    lifecycle: {preStop: {exec: {command: ["true"]}}}
                """);

        Wait.until("the pod has failed", SOON, () -> phase("default", "odd").equals("Failed"), cluster::describe);
        assertThat(pod("default", "odd").orElseThrow().getStatus().getMessage())
                .contains("spec.hostNetwork", "spec.containers[].lifecycle.preStop.exec.command[]");
        assertThat(events("default", "odd", "UnsupportedField")).hasSize(1);
        client().pods().inNamespace("default").withName("odd").delete();
        awaitGone("default", "odd");
    }

    @Test
    void aDeletedPodIsAskedToEndAndThenKilledAfterItsGrace() {
        create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: deaf, namespace: default}
                spec:
                  terminationGracePeriodSeconds: 2
                  containers:
                  - name: shell
                    image: test/shell:1
                    args: ["trap 'echo asked' TERM; while true; do sleep 0.1; done"]
                """);
        awaitReady("default", "deaf");

        var before = System.nanoTime();
        client().pods().inNamespace("default").withName("deaf").delete();
        awaitGone("default", "deaf");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(Child.lastLines(cluster.logs().resolve("default_deaf_shell.log"), 1))
                .containsExactly("asked");
    }

    @Test
    void aCutZoneIsNotReadyAndItsProcessesWakeUpWhereTheyStood() {
        createEcho("sleeper", "zone-c", 20);
        awaitReady("default", "sleeper");
        var url =
                "http://" + pod("default", "sleeper").orElseThrow().getStatus().getPodIP() + ":8080/born";
        var born = get(url);

        cluster.cutZone("zone-c", CutMode.FREEZE);
        assertThat(tryGet(url)).as("a frozen process answers nothing").isNull();
        awaitNode("zone-c-1", "Unknown");
        Wait.until(
                "the controllers call the pod not Ready",
                SOON,
                () -> !isReady(pod("default", "sleeper").orElseThrow()));

        cluster.healZone("zone-c");
        assertThat(get(url)).as("the same process goes on").isEqualTo(born);
        awaitNode("zone-c-1", "True");
        awaitReady("default", "sleeper");

        cluster.cutZone("zone-c", CutMode.FREEZE);
        client().pods().inNamespace("default").withName("sleeper").delete();
        awaitNode("zone-c-1", "Unknown");
        assertThat(pod("default", "sleeper").orElseThrow().getMetadata().getDeletionTimestamp())
                .as("nobody there to end it")
                .isNotNull();

        cluster.healZone("zone-c", Duration.ofSeconds(1));
        awaitGone("default", "sleeper");
        assertThat(Child.lastLines(cluster.logs().resolve("default_sleeper_echo.log"), 1))
                .containsExactly("echo was asked to end");
        awaitNode("zone-c-1", "True");
    }

    @Test
    void processesOfAZoneWithoutPowerStartAnewWhenItIsBack() {
        createEcho("lamp", "zone-a", 5);
        awaitReady("default", "lamp");
        var url = "http://" + pod("default", "lamp").orElseThrow().getStatus().getPodIP() + ":8080/born";
        var born = get(url);

        cluster.cutZone("zone-a", CutMode.KILL);
        Wait.until("nothing listens", SOON, () -> tryGet(url) == null);
        cluster.healZone("zone-a");

        Wait.until("it was restarted", SOON, () -> restarts("default", "lamp") == 1, cluster::describe);
        awaitReady("default", "lamp");
        assertThat(get(url)).isNotEqualTo(born);
        client().pods().inNamespace("default").withName("lamp").delete();
        awaitGone("default", "lamp");
    }

    @Test
    void aContainerThatCrashesIsRestartedAtOnceAndThenLater() {
        createEcho("fragile", "zone-b", 5);
        awaitReady("default", "fragile");

        cluster.killPod("default", "fragile");
        Wait.until("it was restarted", SOON, () -> restarts("default", "fragile") == 1, cluster::describe);
        awaitReady("default", "fragile");
        var last = containerStatus("default", "fragile").getLastState().getTerminated();
        assertThat(last.getExitCode()).isEqualTo(137);

        cluster.killPod("default", "fragile");
        Wait.until(
                "it waits",
                SOON,
                () -> {
                    var waiting =
                            containerStatus("default", "fragile").getState().getWaiting();
                    return waiting != null && "CrashLoopBackOff".equals(waiting.getReason());
                },
                cluster::describe);
        Wait.until("it was restarted again", SOON, () -> restarts("default", "fragile") == 2, cluster::describe);
        client().pods().inNamespace("default").withName("fragile").delete();
        awaitGone("default", "fragile");
    }

    @Test
    void aServiceWithoutReadyPodRefusesAndAPodThatGoesTakesItsConnectionsWithIt() throws Exception {
        create("""
                apiVersion: v1
                kind: Service
                metadata: {name: line, namespace: default}
                spec: {selector: {app: line}, ports: [{port: 7001, targetPort: 8080}]}
                """);
        var address = new InetSocketAddress(
                client().services()
                        .inNamespace("default")
                        .withName("line")
                        .get()
                        .getSpec()
                        .getClusterIP(),
                7001);
        assertThatThrownBy(() -> connect(address)).isInstanceOf(ConnectException.class);

        createEcho("line", "zone-b", 5);
        awaitReady("default", "line");
        Wait.until("the Service accepts", SOON, () -> accepts(address));
        try (var connection = connect(address)) {
            client().pods().inNamespace("default").withName("line").delete();
            awaitGone("default", "line");
            connection.setSoTimeout(5_000);
            assertThat(endOf(connection)).as("closed or broken, not silent").isTrue();
        }
        Wait.until("the Service refuses again", SOON, () -> !accepts(address));
    }

    @Test
    void theClusterOutlivesAFrozenApiServer() {
        cluster.freezeApiServer(Duration.ofSeconds(3));

        createEcho("later", "zone-b", 5);
        awaitReady("default", "later");
        client().pods().inNamespace("default").withName("later").delete();
        awaitGone("default", "later");
    }

    @Test
    void anIsolatedZoneServesButDoesNotReachTheApiServer() {
        createEcho("hermit", "zone-b", 5);
        awaitReady("default", "hermit");
        var url = "http://" + pod("default", "hermit").orElseThrow().getStatus().getPodIP() + ":8080";
        var api = get(url + "/env?KUBERNETES_MASTER");
        assertThat(whoAmI(api).status()).isZero();

        cluster.cutZone("zone-b", CutMode.ISOLATE_FROM_API);
        assertThat(get(url + "/ready")).isEqualTo("ready");
        assertThat(whoAmI(api).status()).isNotZero();
        awaitNode("zone-b-1", "Unknown");

        cluster.healZone("zone-b");
        assertThat(whoAmI(api).status()).isZero();
        awaitNode("zone-b-1", "True");
        client().pods().inNamespace("default").withName("hermit").delete();
        awaitGone("default", "hermit");
    }

    private static CommandLine.Result whoAmI(String server) {
        return cluster.kubectl().attempt("--server=" + server, "--request-timeout=2s", "auth", "whoami");
    }

    @Test
    void theSystemNodeTakesWhatAsksForItAndHelmWorks() throws IOException {
        var chart = cluster.children().directory().resolve("chart");
        var templates = Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), "{apiVersion: v2, name: chart, version: 0.0.1}");
        Files.writeString(templates.resolve("deployment.yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: core}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: core}}
                  template:
                    metadata: {labels: {app: core}}
                    spec:
                      nodeSelector: {tollkeeper.io/local-cluster-role: system}
                      tolerations: [{key: tollkeeper.io/local-cluster-role, operator: Exists}]
                      terminationGracePeriodSeconds: 5
                      containers: [{name: echo, image: test/echo:1}]
                """);
        cluster.helm().run("install", "core", chart.toString(), "--wait", "--timeout=60s");

        var pods = client().pods()
                .inNamespace("default")
                .withLabel("app", "core")
                .list()
                .getItems();
        assertThat(pods)
                .singleElement()
                .satisfies(pod -> assertThat(pod.getSpec().getNodeName()).isEqualTo("system"));
        cluster.helm().run("uninstall", "core");
        Wait.until("its pod is gone", SOON, () -> client().pods()
                .inNamespace("default")
                .withLabel("app", "core")
                .list()
                .getItems()
                .isEmpty());
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(address, 2_000);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (var _ = connect(address)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static void createEcho(String name, String zone, int grace) {
        create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, namespace: default, labels: {app: %1$s}}
                spec:
                  nodeSelector: {topology.kubernetes.io/zone: %2$s}
                  terminationGracePeriodSeconds: %3$d
                  containers:
                  - name: echo
                    image: test/echo:1
                    readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1}
                """.formatted(name, zone, grace));
    }

    private static void awaitNode(String name, String ready) {
        Wait.until(
                "Node " + name + " has Ready=" + ready,
                SOON,
                () -> client().nodes().withName(name).get().getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && ready.equals(condition.getStatus())));
    }

    private static ContainerStatus containerStatus(String namespace, String name) {
        return pod(namespace, name)
                .orElseThrow()
                .getStatus()
                .getContainerStatuses()
                .getFirst();
    }

    private static int restarts(String namespace, String name) {
        return containerStatus(namespace, name).getRestartCount();
    }

    private static void create(String yaml) {
        HasMetadata object = cluster.client().getKubernetesSerialization().unmarshal(yaml, HasMetadata.class);
        cluster.client().resource(object).create();
    }

    private static void awaitServiceAccount(String namespace) {
        Wait.until(
                "ServiceAccount of " + namespace,
                SOON,
                () -> client().serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null);
    }

    private static KubernetesClient client() {
        return cluster.client();
    }

    private static Optional<Pod> pod(String namespace, String name) {
        return Optional.ofNullable(
                client().pods().inNamespace(namespace).withName(name).get());
    }

    private static void awaitReady(String namespace, String name) {
        Wait.until(
                "pod " + name + " is Ready",
                SOON,
                () -> pod(namespace, name).filter(LocalClusterTest::isReady).isPresent(),
                cluster::describe);
    }

    private static void awaitGone(String namespace, String name) {
        Wait.until(name + " is gone", SOON, () -> pod(namespace, name).isEmpty(), cluster::describe);
    }

    private static String phase(String namespace, String name) {
        return pod(namespace, name).map(pod -> pod.getStatus().getPhase()).orElse("gone");
    }

    private static boolean isReady(Pod pod) {
        return condition(pod, "Ready").map(PodCondition::getStatus).equals(Optional.of("True"));
    }

    private static Optional<PodCondition> condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private static List<Event> events(String namespace, String podName, String reason) {
        return client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> Objects.equals(event.getInvolvedObject().getName(), podName))
                .filter(event -> Objects.equals(event.getReason(), reason))
                .toList();
    }

    private static String get(String url) {
        return Objects.requireNonNull(tryGet(url), () -> "no answer from " + url + "\n" + cluster.describe());
    }

    private static @org.jspecify.annotations.Nullable String tryGet(String url) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(3))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException _) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
