package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A command-line program with the cluster's kubeconfig and full rights: {@code kubectl} or {@code helm}. */
public final class CommandLine {
    /**
     * What a command gave.
     *
     * @param status its exit status
     * @param output what it wrote to stdout and stderr, in the order it came
     */
    public record Result(int status, String output) {}

    private final Children children;
    private final String program;
    private final Path kubeconfig;
    private final AtomicInteger calls = new AtomicInteger();

    CommandLine(Children children, String program, Path kubeconfig) {
        this.children = children;
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** Runs it in the current folder; fails with what it said when its status is not 0. Gives its output. */
    public String run(String... arguments) {
        var result = attempt(arguments);
        if (result.status() != 0) {
            throw new IllegalStateException("expected " + name() + " " + String.join(" ", arguments)
                    + " to succeed, it ended with status " + result.status() + ":\n" + result.output());
        }
        return result.output();
    }

    /** Runs it in the current folder, whatever comes of it; at most three minutes. */
    public Result attempt(String... arguments) {
        var command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        var log = children.logs().resolve(name() + "-" + calls.incrementAndGet() + ".log");
        var home = children.directory().toString();
        var environment = Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "HOME", home,
                "HELM_CACHE_HOME", home + "/helm/cache",
                "HELM_CONFIG_HOME", home + "/helm/config",
                "HELM_DATA_HOME", home + "/helm/data");
        var process =
                children.start(name(), command, environment, log, Path.of("").toAbsolutePath());
        try {
            if (!process.awaitExit(Duration.ofMinutes(3))) {
                process.kill();
                throw new IllegalStateException(
                        "expected within 180 s: the end of " + command + "; so far it said:\n" + Children.read(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.kill();
            throw new IllegalStateException("interrupted while " + name() + " ran", e);
        }
        return new Result(process.exit().join(), Children.read(log));
    }

    private String name() {
        return String.valueOf(Path.of(program).getFileName());
    }
}
