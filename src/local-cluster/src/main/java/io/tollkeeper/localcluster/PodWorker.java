package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One pod on its Node: a thread that brings its containers to what the API server says, and reports what they are at. */
final class PodWorker {
    private static final Duration TIMER_STEP = Duration.ofMillis(50);
    private static final Duration IDLE_STEP = Duration.ofSeconds(5);
    private static final Duration API_RETRY = Duration.ofMillis(500);
    private static final Duration FAILURE_RETRY = Duration.ofSeconds(2);
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final Machine machine;
    private final Kubelet kubelet;
    private final String key;
    private final String uid;
    private final String ip;
    private final Path folder;
    private final PodVolumes volumes;
    private final PodReport report;
    private final List<ContainerRun> runs = new ArrayList<>();
    private final Semaphore wakeUp = new Semaphore(0);
    private final Thread thread;
    private volatile Pod latest;
    private volatile boolean removed;
    private volatile boolean finished;
    private volatile boolean closed;
    private @Nullable String refusal;
    private boolean begun;
    private long endStartedNanos;
    private boolean ending;

    PodWorker(Machine machine, Kubelet kubelet, Pod pod) {
        this.machine = machine;
        this.kubelet = kubelet;
        this.latest = pod;
        this.key = PodFields.key(pod);
        this.uid = pod.getMetadata().getUid();
        this.ip = machine.network().nextPodAddress();
        this.folder = machine.children().directory().resolve("pods").resolve(key.replace('/', '_') + "_" + uid);
        this.volumes = new PodVolumes(machine, kubelet, folder, ip);
        this.report = new PodReport(machine, kubelet, ip);
        for (var container : pod.getSpec().getContainers()) {
            runs.add(new ContainerRun(this, machine, container, pod.getSpec().getRestartPolicy()));
        }
        this.thread = Thread.ofVirtual().name("pod-" + key).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String key() {
        return key;
    }

    String uid() {
        return uid;
    }

    String ip() {
        return ip;
    }

    Voice voice() {
        return kubelet.voice();
    }

    /** What the API server says of the pod now. */
    void update(Pod pod) {
        synchronized (this) {
            if (isNewer(pod, latest)) {
                latest = pod;
            }
        }
        wake();
    }

    /** The pod is no longer in the API server: whatever still runs is ended. */
    void remove() {
        removed = true;
        wake();
        forgetIfOver();
    }

    /** Only when both have come: a late word of the API server must not make a pod anew that has ended here. */
    private void forgetIfOver() {
        if (removed && finished) {
            kubelet.forget(uid);
        }
    }

    void wake() {
        wakeUp.release();
    }

    Stream<Child> processes() {
        return runs.stream().flatMap(run -> run.child().stream());
    }

    Duration terminationGrace() {
        var seconds = latest.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? 30 : seconds);
    }

    private void run() {
        try {
            while (!closed) {
                kubelet.voice().await();
                if (stepSafely()) {
                    break;
                }
                pauseUntilNext();
            }
        } catch (InterruptedException _) {
            // Closed with its cluster.
        } finally {
            runs.forEach(ContainerRun::close);
        }
    }

    private void pauseUntilNext() throws InterruptedException {
        var step = ending || runs.stream().anyMatch(ContainerRun::hasTimer) ? TIMER_STEP : IDLE_STEP;
        if (wakeUp.tryAcquire(step.toMillis(), TimeUnit.MILLISECONDS)) {
            wakeUp.drainPermits();
        }
    }

    private boolean stepSafely() throws InterruptedException {
        try {
            return step();
        } catch (SilentKubeletException _) {
            return false;
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND) {
                kubelet.note("pod " + key + ": " + e.getMessage());
            }
            Thread.sleep(API_RETRY);
            return false;
        } catch (RuntimeException e) {
            kubelet.failed("pod " + key, e);
            Thread.sleep(FAILURE_RETRY);
            return false;
        }
    }

    /** One look at the pod. True when there is nothing left to do for it. */
    private boolean step() {
        var pod = latest;
        if (removed) {
            return endGone(pod);
        }
        if (!begun && pod.getMetadata().getDeletionTimestamp() == null) {
            begin(pod);
        }
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return endDeleted(pod);
        }
        if (refusal != null) {
            accept(report.refuse(pod, refusal));
            return false;
        }
        refreshVolumes(pod);
        runs.forEach(ContainerRun::step);
        accept(report.write(pod, runs));
        return false;
    }

    private void begin(Pod pod) {
        begun = true;
        var spec = machine.client()
                .getKubernetesSerialization()
                .convertValue(pod.getSpec(), com.fasterxml.jackson.databind.JsonNode.class);
        var unknown = SupportedFields.unknownIn(spec);
        if (!unknown.isEmpty()) {
            refusal = "fields that the local cluster does not know: " + String.join(", ", unknown);
            event("Warning", PodReport.UNSUPPORTED_FIELD, refusal);
            runs.clear();
        }
    }

    /** ConfigMaps, Secrets and tokens of a running pod change in its volumes too. */
    private void refreshVolumes(Pod pod) {
        if (runs.stream().noneMatch(ContainerRun::isRunning)) {
            return;
        }
        try {
            volumes.write(pod);
        } catch (NotYetException _) {
            // A source was deleted meanwhile: as with a kubelet, the files stay as they were.
        }
    }

    private boolean endDeleted(Pod pod) {
        var given = pod.getMetadata().getDeletionGracePeriodSeconds();
        if (!endAll(Duration.ofSeconds(given == null ? 0 : given))) {
            return false;
        }
        if (!runs.isEmpty() && runs.stream().anyMatch(ContainerRun::hasRun)) {
            accept(report.write(pod, runs));
        }
        kubelet.api(() ->
                machine.client().pods().resource(latest).withGracePeriod(0).delete());
        clean();
        return true;
    }

    private boolean endGone(Pod pod) {
        var given = pod.getMetadata().getDeletionGracePeriodSeconds();
        var grace = given == null ? terminationGrace() : Duration.ofSeconds(given);
        if (!endAll(grace)) {
            return false;
        }
        clean();
        return true;
    }

    private boolean endAll(Duration grace) {
        if (!ending) {
            ending = true;
            endStartedNanos = System.nanoTime();
        }
        var killAt = endStartedNanos + grace.toNanos();
        var allEnded = true;
        for (var run : runs) {
            allEnded &= run.end(killAt);
        }
        return allEnded;
    }

    private void clean() {
        finished = true;
        forgetIfOver();
        try {
            AtomicFolder.delete(folder);
        } catch (IOException e) {
            kubelet.note("pod " + key + ": " + e);
        }
    }

    private void accept(Optional<Pod> written) {
        written.ifPresent(pod -> {
            synchronized (this) {
                if (isNewer(pod, latest)) {
                    latest = pod;
                }
            }
        });
    }

    private static boolean isNewer(Pod pod, Pod than) {
        return Long.parseUnsignedLong(pod.getMetadata().getResourceVersion())
                >= Long.parseUnsignedLong(than.getMetadata().getResourceVersion());
    }

    /** Writes volumes and says how {@code container} starts. */
    PodEnvironment prepare(Container container) throws NotYetException {
        var pod = latest;
        volumes.write(pod);
        volumes.mount(pod);
        return PodEnvironment.of(machine, kubelet, pod, container, volumes.root(container), ip);
    }

    Child spawn(String name, PodEnvironment environment, Path log) {
        return kubelet.voice().whileSpeaking(() -> machine.children()
                .start(name, environment.command(), environment.variables(), log, folder));
    }

    Path log(Container container, int restart) {
        var name = key.replace('/', '_') + "_" + container.getName() + (restart == 0 ? "" : "-" + restart) + ".log";
        return machine.children().logs().resolve(name);
    }

    void event(String type, String reason, String message) {
        kubelet.event(latest, type, reason, message);
    }

    /** For messages: every container and what it is at. */
    String describe() {
        return key + " on " + kubelet.node() + " at " + ip + "\n    "
                + String.join(
                        "\n    ", runs.stream().map(ContainerRun::describe).toList());
    }

    void close() {
        closed = true;
        thread.interrupt();
    }
}
