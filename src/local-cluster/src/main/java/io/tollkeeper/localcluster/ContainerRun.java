package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One container of a pod: its process, its probes, its restarts. Only its pod's thread calls it, but for {@link
 * #child}.
 */
final class ContainerRun {
    /** What a container is at, as in its status. */
    private sealed interface State {
        record Waiting(String reason, String message, long dueNanos) implements State {}

        record Running(Child child, Instant since) implements State {}

        record Terminated(int exitStatus, Instant since, Instant until) implements State {}
    }

    private static final Duration LONG_ENOUGH = Duration.ofMinutes(10);
    private static final int OK = 0;

    private final PodWorker pod;
    private final Machine machine;
    private final Container container;
    private final String restartPolicy;
    private final List<Prober> probers = new ArrayList<>();
    private State state = new State.Waiting("ContainerCreating", "", System.nanoTime());
    private State.@Nullable Terminated last;
    private @Nullable PodEnvironment environment;
    private volatile @Nullable Child child;
    private int restarts = -1;
    private Duration nextDelay = Duration.ZERO;
    private long killAtNanos;
    private boolean ending;
    private boolean restartAfterEnd;

    ContainerRun(PodWorker pod, Machine machine, Container container, String restartPolicy) {
        this.pod = pod;
        this.machine = machine;
        this.container = container;
        this.restartPolicy = restartPolicy;
    }

    String name() {
        return container.getName();
    }

    /** Its process while it runs. */
    Optional<Child> child() {
        return Optional.ofNullable(child).filter(Child::isAlive);
    }

    boolean isRunning() {
        return state instanceof State.Running;
    }

    boolean hasRun() {
        return restarts >= 0;
    }

    boolean isReady() {
        return isRunning()
                && probers.stream().allMatch(prober -> prober.kind() == Prober.Kind.LIVENESS || prober.succeeded())
                && hasStarted();
    }

    /** Ended for good, under its restart policy. */
    boolean isOver() {
        return state instanceof State.Terminated;
    }

    boolean succeeded() {
        return state instanceof State.Terminated over && over.exitStatus() == OK;
    }

    /** True while something happens at a time rather than by an event. */
    boolean hasTimer() {
        return ending || (state instanceof State.Waiting);
    }

    /** Brings the container on: starts it when due, sees its end, lets its probes end it. */
    void step() {
        switch (state) {
            case State.Waiting waiting -> {
                if (System.nanoTime() - waiting.dueNanos() >= 0) {
                    start();
                }
            }
            case State.Running running -> {
                if (running.child().isAlive()) {
                    watch(running);
                } else {
                    ended(running, true);
                }
            }
            case State.Terminated _ -> {}
        }
    }

    /** The pod is being deleted: asks the process to end, kills it at {@code killAtNanos}. True when nothing runs any more. */
    boolean end(long killAtNanos) {
        if (!(state instanceof State.Running running)) {
            return true;
        }
        if (!running.child().isAlive()) {
            ended(running, false);
            return true;
        }
        if (!ending || killAtNanos - this.killAtNanos < 0) {
            beginEnd(killAtNanos, running, "Stopping container " + name());
        }
        restartAfterEnd = false;
        killWhenDue(running);
        return false;
    }

    private void start() {
        try {
            var prepared = pod.prepare(container);
            environment = prepared;
            restarts++;
            var log = pod.log(container, restarts);
            var started = pod.spawn(pod.key() + "/" + name(), prepared, log);
            child = started;
            state = new State.Running(started, Instant.now());
            ending = false;
            restartAfterEnd = false;
            var _ = started.exit().thenRun(pod::wake);
            startProbes();
            pod.event("Normal", "Started", "Started container " + name());
        } catch (NotYetException e) {
            if (!(state instanceof State.Waiting waiting) || !waiting.reason().equals(e.reason())) {
                pod.event("Warning", warning(e.reason()), e.text());
            }
            state = new State.Waiting(
                    e.reason(),
                    e.text(),
                    System.nanoTime() + Duration.ofMillis(500).toNanos());
        }
    }

    private static String warning(String reason) {
        return "ContainerCreating".equals(reason) ? "FailedMount" : "Failed";
    }

    private void startProbes() {
        stopProbes();
        if (container.getStartupProbe() != null) {
            startProbe(Prober.Kind.STARTUP, container.getStartupProbe());
        } else {
            startLaterProbes();
        }
    }

    private void startLaterProbes() {
        if (container.getReadinessProbe() != null) {
            startProbe(Prober.Kind.READINESS, container.getReadinessProbe());
        }
        if (container.getLivenessProbe() != null) {
            startProbe(Prober.Kind.LIVENESS, container.getLivenessProbe());
        }
    }

    private void startProbe(Prober.Kind kind, Probe probe) {
        probers.add(Prober.start(kind, probe, container, pod.ip(), this::execute, pod.voice(), pod::wake));
    }

    private void stopProbes() {
        probers.forEach(Prober::close);
        probers.clear();
    }

    private Optional<Integer> execute(List<String> command, Duration limit) throws InterruptedException {
        var prepared = environment;
        if (prepared == null) {
            return Optional.empty();
        }
        var words = new ArrayList<>(command);
        var process = pod.spawn(
                pod.key() + "/" + name() + " probe",
                new PodEnvironment(words, prepared.variables()),
                Path.of("/dev/null"));
        if (process.awaitExit(limit)) {
            return Optional.of(process.exit().join());
        }
        process.kill();
        return Optional.empty();
    }

    private boolean hasStarted() {
        return probers.stream().allMatch(prober -> prober.kind() != Prober.Kind.STARTUP || prober.succeeded());
    }

    private boolean waitsForStartup() {
        return probers.stream().anyMatch(prober -> prober.kind() == Prober.Kind.STARTUP);
    }

    private void watch(State.Running running) {
        if (waitsForStartup() && hasStarted()) {
            stopProbes();
            startLaterProbes();
        }
        if (!ending) {
            probers.stream()
                    .filter(prober -> prober.kind() != Prober.Kind.READINESS && prober.failed())
                    .findFirst()
                    .ifPresent(prober -> endByProbe(running, prober));
        }
        killWhenDue(running);
    }

    private void endByProbe(State.Running running, Prober prober) {
        var kind = prober.kind() == Prober.Kind.STARTUP ? "Startup" : "Liveness";
        pod.event("Warning", "Unhealthy", kind + " probe failed: " + prober.lastFailure());
        var grace = prober.terminationGrace().orElse(pod.terminationGrace());
        beginEnd(
                System.nanoTime() + grace.toNanos(),
                running,
                "Container " + name() + " failed " + kind.toLowerCase(java.util.Locale.ROOT)
                        + " probe, will be restarted");
        restartAfterEnd = true;
    }

    private void beginEnd(long killAt, State.Running running, String message) {
        if (!ending) {
            pod.event("Normal", "Killing", message);
            running.child().terminate();
        }
        ending = true;
        killAtNanos = killAt;
    }

    private void killWhenDue(State.Running running) {
        if (ending && System.nanoTime() - killAtNanos >= 0) {
            running.child().kill();
        }
    }

    private void ended(State.Running running, boolean mayRestart) {
        stopProbes();
        int status = running.child().exit().join();
        running.child().kill(); // What it started ends with it, as in a container.
        var over = new State.Terminated(status, running.since(), Instant.now());
        child = null;
        ending = false;
        var again = mayRestart
                && (restartAfterEnd
                        ? !"Never".equals(restartPolicy)
                        : "Always".equals(restartPolicy) || ("OnFailure".equals(restartPolicy) && status != OK));
        if (!again) {
            state = over;
            return;
        }
        last = over;
        if (Duration.between(over.since(), over.until()).compareTo(LONG_ENOUGH) > 0) {
            nextDelay = Duration.ZERO;
        }
        var delay = nextDelay;
        nextDelay = delay.isZero() ? machine.restartBackOff() : min(delay.multipliedBy(2), machine.restartBackOffMax());
        if (delay.isZero()) {
            state = new State.Waiting("ContainerCreating", "", System.nanoTime());
        } else {
            var message = "back-off " + delay.toSeconds() + "s restarting failed container=" + name();
            pod.event("Warning", "BackOff", message);
            state = new State.Waiting("CrashLoopBackOff", message, System.nanoTime() + delay.toNanos());
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    ContainerStatus status() {
        var builder = new ContainerStatusBuilder()
                .withName(name())
                .withImage(container.getImage())
                .withImageID(hasRun() ? "local://" + container.getImage() : "")
                .withReady(isReady())
                .withStarted(isRunning() && hasStarted())
                .withRestartCount(Math.max(0, restarts))
                .withState(stateStatus());
        if (hasRun()) {
            builder.withContainerID("local://" + pod.uid() + "/" + name() + "/" + restarts);
        }
        if (last != null && !(state instanceof State.Terminated)) {
            builder.withLastState(terminatedStatus(last));
        }
        return builder.build();
    }

    private ContainerState stateStatus() {
        return switch (state) {
            case State.Waiting waiting ->
                new ContainerStateBuilder()
                        .withNewWaiting(waiting.message(), waiting.reason())
                        .build();
            case State.Running running ->
                new ContainerStateBuilder()
                        .withNewRunning(time(running.since()))
                        .build();
            case State.Terminated terminated -> terminatedStatus(terminated);
        };
    }

    private ContainerState terminatedStatus(State.Terminated over) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withContainerID("local://" + pod.uid() + "/" + name() + "/" + restarts)
                .withExitCode(over.exitStatus())
                .withReason(over.exitStatus() == OK ? "Completed" : "Error")
                .withStartedAt(time(over.since()))
                .withFinishedAt(time(over.until()))
                .endTerminated()
                .build();
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    void close() {
        stopProbes();
        child().ifPresent(Child::kill);
    }

    /** For messages: what it is at, and the last lines of its log when it is not well. */
    String describe() {
        var lines = new ArrayList<String>();
        lines.add(name() + ": " + state);
        if (hasRun() && !isReady()) {
            var log = pod.log(container, restarts);
            lines.add("log " + log + ":");
            Child.lastLines(log, 10).forEach(line -> lines.add("  " + line));
        }
        return String.join("\n    ", lines);
    }
}
