package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One probe of one running container: tries it at its period and counts, until it is closed. */
final class Prober implements AutoCloseable {
    /** Which of the three it is; they differ in what holds before the first result. */
    enum Kind {
        STARTUP,
        READINESS,
        LIVENESS
    }

    /** Runs a command in the container; gives its exit status, or empty when it took longer than the limit. */
    interface Executor {
        Optional<Integer> run(List<String> command, Duration limit) throws InterruptedException;
    }

    private final Kind kind;
    private final Probe probe;
    private final Container container;
    private final String podIp;
    private final Executor executor;
    private final Runnable changed;
    private final Voice voice;
    private final Thread thread;
    private volatile boolean succeeded;
    private volatile boolean failed;
    private volatile String lastFailure = "";

    private Prober(
            Kind kind,
            Probe probe,
            Container container,
            String podIp,
            Executor executor,
            Voice voice,
            Runnable changed) {
        this.kind = kind;
        this.probe = probe;
        this.container = container;
        this.podIp = podIp;
        this.executor = executor;
        this.voice = voice;
        this.changed = changed;
        this.thread = Thread.ofVirtual()
                .name("probe-" + kind + "-" + container.getName())
                .unstarted(this::run);
    }

    static Prober start(
            Kind kind,
            Probe probe,
            Container container,
            String podIp,
            Executor executor,
            Voice voice,
            Runnable changed) {
        var prober = new Prober(kind, probe, container, podIp, executor, voice, changed);
        prober.thread.start();
        return prober;
    }

    Kind kind() {
        return kind;
    }

    /** Its success threshold was reached, and no failure threshold since. */
    boolean succeeded() {
        return succeeded;
    }

    /** Its failure threshold was reached, and no success threshold since. */
    boolean failed() {
        return failed;
    }

    /** What the last failed try saw. */
    String lastFailure() {
        return lastFailure;
    }

    /** Grace that this probe sets for the end that it causes. */
    Optional<Duration> terminationGrace() {
        return Optional.ofNullable(probe.getTerminationGracePeriodSeconds()).map(Duration::ofSeconds);
    }

    private void run() {
        try {
            Thread.sleep(Duration.ofSeconds(orElse(probe.getInitialDelaySeconds(), 0)));
            var period = Duration.ofSeconds(orElse(probe.getPeriodSeconds(), 10));
            int successes = 0;
            int failures = 0;
            while (true) {
                voice.await();
                var problem = attempt();
                if (voice.isSilent()) {
                    continue; // What a probe saw while its Node was being cut off says nothing about the container.
                }
                successes = problem.isEmpty() ? successes + 1 : 0;
                failures = problem.isEmpty() ? 0 : failures + 1;
                problem.ifPresent(text -> lastFailure = text);
                note(
                        successes >= orElse(probe.getSuccessThreshold(), 1),
                        failures >= orElse(probe.getFailureThreshold(), 3));
                Thread.sleep(period);
            }
        } catch (InterruptedException _) {
            // Closed: the container it was about is gone.
        }
    }

    private void note(boolean success, boolean failure) {
        if ((success && !succeeded) || (failure && !failed)) {
            succeeded = success;
            failed = failure;
            changed.run();
        }
    }

    private Optional<String> attempt() throws InterruptedException {
        var limit = Duration.ofSeconds(orElse(probe.getTimeoutSeconds(), 1));
        try {
            if (probe.getHttpGet() != null) {
                return httpGet(probe.getHttpGet(), limit);
            }
            if (probe.getTcpSocket() != null) {
                return connect(
                        probe.getTcpSocket().getHost(),
                        port(probe.getTcpSocket().getPort()),
                        limit);
            }
            var status = executor.run(probe.getExec().getCommand(), limit);
            if (status.isEmpty()) {
                return Optional.of("command timed out after " + limit.toSeconds() + "s");
            }
            return status.get() == 0 ? Optional.empty() : Optional.of("command exited with " + status.get());
        } catch (IOException e) {
            return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private Optional<String> httpGet(HTTPGetAction action, Duration limit) throws IOException {
        var host = action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
        var path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
        if (action.getScheme() != null && !"HTTP".equals(action.getScheme())) {
            return Optional.of("scheme " + action.getScheme() + " is not known here");
        }
        try {
            var url = new URI("http://" + host + ":" + port(action.getPort()) + path).toURL();
            var connection = (HttpURLConnection) url.openConnection(java.net.Proxy.NO_PROXY);
            try {
                connection.setConnectTimeout(Math.toIntExact(limit.toMillis()));
                connection.setReadTimeout(Math.toIntExact(limit.toMillis()));
                connection.setInstanceFollowRedirects(false);
                connection.setRequestProperty("User-Agent", "kube-probe/local-cluster");
                connection.setRequestProperty("Connection", "close");
                if (action.getHttpHeaders() != null) {
                    action.getHttpHeaders()
                            .forEach(header -> connection.setRequestProperty(header.getName(), header.getValue()));
                }
                int status = connection.getResponseCode();
                return status >= 200 && status < 400
                        ? Optional.empty()
                        : Optional.of("HTTP probe failed with statuscode: " + status);
            } finally {
                connection.disconnect();
            }
        } catch (URISyntaxException e) {
            return Optional.of("expected a path, got " + e.getInput());
        }
    }

    private Optional<String> connect(@Nullable String givenHost, int port, Duration limit) throws IOException {
        var host = givenHost == null || givenHost.isEmpty() ? podIp : givenHost;
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(limit.toMillis()));
            return Optional.empty();
        }
    }

    private int port(IntOrString given) throws IOException {
        if (given.getIntVal() != null) {
            return given.getIntVal();
        }
        return container.getPorts().stream()
                .filter(port -> given.getStrVal().equals(port.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new IOException("no port is named " + given.getStrVal()));
    }

    private static int orElse(@Nullable Integer value, int otherwise) {
        return value == null || value == 0 ? otherwise : value;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
