package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that {@link Children} started. It leads a process group of its own, which freezing, waking and killing
 * concern as a whole; it ends with the JVM that started it, whatever ends that.
 */
public final class Child {
    private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;

    Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** What it was started as, for messages. */
    public String name() {
        return name;
    }

    /** Process id. */
    public long pid() {
        return process.pid();
    }

    /** File with everything it wrote to stdout and stderr. */
    public Path log() {
        return log;
    }

    /** True until it has ended; a frozen process is alive. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit status when it ends: 128 + n when signal n ended it. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Waits until it has ended; false when it has not within {@code limit}. */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks the process to end (SIGTERM). */
    public void terminate() {
        signal(Signals.TERM);
    }

    /** Ends the process and what it started (SIGKILL), frozen or not. */
    public void kill() {
        signalGroup(Signals.KILL);
    }

    /**
     * Stops the process and what it started where they stand (SIGSTOP). Returns when each of its threads stands: the
     * kernel stops a thread at its next turn on a processor, which on a busy machine is milliseconds later.
     */
    public void freeze() {
        signalGroup(Signals.STOP);
        Wait.until(this + " stands still", FREEZE_LIMIT, () -> !isAlive() || isStopped());
    }

    private boolean isStopped() {
        try (var threads = Files.list(Path.of("/proc", String.valueOf(pid()), "task"))) {
            return threads.allMatch(Child::isThreadStopped);
        } catch (IOException | UncheckedIOException _) {
            return true; // Ended meanwhile.
        }
    }

    /** The state follows the program's name, which stands in parentheses and may itself have some. */
    private static boolean isThreadStopped(Path thread) {
        try {
            var stat = Files.readString(thread.resolve("stat"));
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (IOException _) {
            return true;
        }
    }

    /** Lets frozen processes go on (SIGCONT). */
    public void thaw() {
        signalGroup(Signals.CONT);
    }

    /** The last {@code count} lines of its log, for messages about a failure. */
    public List<String> lastLines(int count) {
        return lastLines(log, count);
    }

    static List<String> lastLines(Path log, int count) {
        try {
            if (Files.notExists(log)) {
                return List.of();
            }
            var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(Signals signal) {
        if (process.isAlive()) {
            signal.toProcess(process.pid());
        }
    }

    /** The leader's end does not end its group: what it started is still reached, and no other process can have its id. */
    private void signalGroup(Signals signal) {
        signal.toGroup(process.pid());
    }

    @Override
    public String toString() {
        return name + " (pid " + pid() + ", " + (isAlive() ? "running" : "ended " + process.exitValue()) + ")";
    }
}
