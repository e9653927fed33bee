package io.tollkeeper.localcluster;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The processes of one run and the folder they work in. Everything started here ends with this object, and also when
 * the JVM is killed. Three things see to that, each enough for a case the others miss:
 *
 * <ol>
 *   <li>the kernel ends each direct child when the thread that started it ends (PR_SET_PDEATHSIG, set by
 *       {@code setpriv}); one thread of this object starts them all and lives as long as it;
 *   <li>a watchdog process reads a pipe from this JVM; when it breaks, it kills every process of the run, also those
 *       that children started;
 *   <li>the next run that opens the same base folder finds the folders whose owner is gone and does the same.
 * </ol>
 *
 * <p>A process belongs to the run when its environment carries the run's id, 128 random bits in {@link #MARKER}: it
 * got there only by inheritance, so that no process of anybody else can be taken for ours, whatever its pid.
 */
public final class Children implements AutoCloseable {
    /** Environment variable that every process of a run carries; its value is the run's id. */
    public static final String MARKER = "TOLLKEEPER_LOCAL_CLUSTER_RUN";

    private static final String LOCK = "lock";
    private static final String LOGS = "logs";
    private static final int KEPT_LOGS = 4;
    private static final String RUN_PREFIX = "run-";
    private static final String PATH_DEFAULT = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Kills all that carry $1 until none is left: a process may start another while we look. */
    private static final String SWEEP = """
            sweep() {
              for round in 1 2 3 4 5 6 7 8 9 10; do
                found=$(grep -lszxF "$1" /proc/[0-9]*/environ)
                [ -n "$found" ] || return 0
                for file in $found; do
                  pid=${file#/proc/}; pid=${pid%/environ}
                  kill -KILL "$pid" 2>/dev/null
                done
                sleep 0.1
              done
              return 1
            }
            """;

    private final Path directory;
    private final String id;
    private final FileChannel lock;
    private final Process watchdog;
    private final List<Child> started = new ArrayList<>();
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("children").daemon().factory());
    private boolean closed;

    private Children(Path directory, String id, FileChannel lock, Process watchdog) {
        this.directory = directory;
        this.id = id;
        this.lock = lock;
        this.watchdog = watchdog;
    }

    /**
     * Makes a new run's folder under {@code base}, after it has ended and removed what earlier runs there left behind
     * whose owner is gone.
     */
    public static Children open(Path base) {
        requireTools();
        try {
            return openIn(Files.createDirectories(base.toAbsolutePath().normalize()));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for processes under " + base, e);
        }
    }

    /** One opening at a time, or one would take another's folder, not yet locked, for abandoned. */
    private static synchronized Children openIn(Path base) throws IOException {
        try (var channel = FileChannel.open(base.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            clean(base);
            var id = UUID.randomUUID().toString();
            var directory = Files.createDirectories(base.resolve(RUN_PREFIX + id));
            var lock = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock.tryLock() == null) {
                throw new IOException("expected a new folder, " + directory + " is locked by another process");
            }
            Files.createDirectories(directory.resolve(LOGS));
            return new Children(directory, id, lock, startWatchdog(id));
        }
    }

    /** Folder of this run. It is removed on {@link #close}, but for its logs; those of a few runs are kept. */
    public Path directory() {
        return directory;
    }

    /** Folder of the logs of this run. */
    public Path logs() {
        return directory.resolve(LOGS);
    }

    /** Starts a process with exactly {@code environment} (and PATH and the run's id), in this run's folder. */
    public Child start(String name, List<String> command, Map<String, String> environment) {
        return start(name, command, environment, logs().resolve(name + ".log"), directory);
    }

    /**
     * Starts a process.
     *
     * @param name for messages
     * @param command the program and its arguments
     * @param environment all variables that it gets; PATH is added if absent, nothing of this JVM's own is inherited
     * @param log file that its stdout and stderr are appended to
     * @param workingDirectory folder that it starts in
     */
    public Child start(
            String name, List<String> command, Map<String, String> environment, Path log, Path workingDirectory) {
        var full = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "setsid"));
        full.addAll(command);
        var builder = new ProcessBuilder(full)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        var variables = new HashMap<>(environment);
        variables.putIfAbsent("PATH", PATH_DEFAULT);
        variables.put(MARKER, id);
        builder.environment().clear();
        builder.environment().putAll(variables);
        synchronized (started) {
            if (closed) {
                throw new IllegalStateException(name + " cannot start: its run is closed");
            }
            started.removeIf(child -> !child.isAlive());
            var child = new Child(name, startOnStarter(builder, name), log);
            started.add(child);
            return child;
        }
    }

    private Process startOnStarter(ProcessBuilder builder, String name) {
        try {
            return starter.submit(builder::start).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + name, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(name + " does not start: " + builder.command(), e.getCause());
        }
    }

    boolean isClosed() {
        synchronized (started) {
            return closed;
        }
    }

    /** Kills every process of the run, frozen ones too, and removes its folder but for the logs. */
    @Override
    public void close() {
        synchronized (started) {
            if (closed) {
                return;
            }
            closed = true;
            started.forEach(Child::kill);
        }
        try {
            kill(id);
            watchdog.destroyForcibly();
            starter.shutdownNow();
            removeAllButLogs(directory);
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + directory + " cannot be removed", e);
        }
    }

    /** Ends what abandoned runs left, and keeps the logs of the newest of them. */
    private static void clean(Path base) throws IOException {
        var abandoned = new ArrayList<Path>();
        try (Stream<Path> entries = Files.list(base)) {
            for (var run : entries.filter(e -> e.getFileName().toString().startsWith(RUN_PREFIX))
                    .toList()) {
                if (cleanIfAbandoned(run)) {
                    abandoned.add(run);
                }
            }
        }
        abandoned.sort(Comparator.comparing(Children::modified).reversed());
        for (var old : abandoned.subList(Math.min(KEPT_LOGS, abandoned.size()), abandoned.size())) {
            AtomicFolder.delete(old);
        }
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean cleanIfAbandoned(Path run) throws IOException {
        try (var channel = FileChannel.open(run.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                return false;
            }
            kill(run.getFileName().toString().substring(RUN_PREFIX.length()));
            removeAllButLogs(run);
            return true;
        } catch (OverlappingFileLockException _) {
            return false; // Another run of this JVM.
        }
    }

    private static void kill(String id) throws IOException {
        var sweep = new ProcessBuilder("sh", "-c", SWEEP + "sweep \"$1\"", "sweep", MARKER + "=" + id)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        sweep.environment().remove(MARKER);
        try {
            var status = sweep.start().waitFor();
            if (status != 0) {
                throw new IllegalStateException("expected every process of run " + id + " to end, some live on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending run " + id, e);
        }
    }

    /** Its stdin is a pipe from this JVM that nothing is ever written to: reading ends when this JVM does. */
    private static Process startWatchdog(String id) throws IOException {
        var script = SWEEP + "read -r _\nsweep \"$1\"";
        var builder = new ProcessBuilder("setsid", "sh", "-c", script, "tollkeeper-watchdog", MARKER + "=" + id)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove(MARKER);
        var process = builder.start();
        // Referenced by the process object, so that no collection closes the pipe early.
        OutputStream _ = requireNonNull(process.getOutputStream());
        return process;
    }

    private static void removeAllButLogs(Path run) throws IOException {
        try (Stream<Path> entries = Files.list(run)) {
            for (var entry : entries.toList()) {
                if (!entry.equals(run.resolve(LOGS)) && !entry.equals(run.resolve(LOCK))) {
                    AtomicFolder.delete(entry);
                }
            }
        }
    }

    private static void requireTools() {
        for (var tool : List.of("setpriv", "setsid", "grep", "sh")) {
            if (Stream.of(System.getenv().getOrDefault("PATH", PATH_DEFAULT).split(":"))
                    .noneMatch(folder -> Files.isExecutable(Path.of(folder, tool)))) {
                throw new IllegalStateException(
                        "expected the programs setpriv and setsid (package util-linux), sh and grep; missing: " + tool);
            }
        }
    }

    /** Reads a small text file of this run, for messages. */
    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
