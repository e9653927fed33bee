package io.tollkeeper.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.localcluster.Child;
import io.tollkeeper.localcluster.Children;
import io.tollkeeper.localcluster.ImageEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The {@code tollkeeper} command, as a user starts it: a process of its own. */
public final class Cli {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

    private final Workspace workspace;
    private final Children children;
    private final Path hostsFile;
    private final AtomicInteger calls = new AtomicInteger();

    Cli(Workspace workspace, Children children, Path hostsFile) {
        this.workspace = workspace;
        this.children = children;
        this.hostsFile = hostsFile;
    }

    /** Runs a command to its end; fails with what it said when its status is not 0. Gives its output. */
    public String run(String... arguments) {
        var process = start("cli-" + calls.incrementAndGet(), List.of(arguments));
        try {
            if (!process.awaitExit(COMMAND_LIMIT)) {
                process.kill();
                throw new AssertionError("tollkeeper " + String.join(" ", arguments) + " did not end within "
                        + COMMAND_LIMIT.toSeconds() + " s; it said:\n" + output(process));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a command ran", e);
        }
        var status = process.exit().join();
        if (status != 0) {
            throw new AssertionError("tollkeeper " + String.join(" ", arguments) + " ended with status " + status
                    + "; it said:\n" + output(process));
        }
        return output(process);
    }

    /** As {@link #run}, for a command with {@code --json}: what its last line says. */
    public JsonNode json(String... arguments) {
        var lines = run(arguments).lines().filter(line -> !line.isBlank()).toList();
        try {
            return new ObjectMapper().readTree(String.join("\n", lines.subList(jsonBegins(lines), lines.size())));
        } catch (IOException e) {
            throw new UncheckedIOException("expected JSON from tollkeeper " + String.join(" ", arguments), e);
        }
    }

    private static int jsonBegins(List<String> lines) {
        for (var i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("{")) {
                return i;
            }
        }
        throw new AssertionError("expected JSON, got " + lines);
    }

    /** Starts a command that goes on by itself. */
    public Child start(String name, List<String> arguments) {
        var command = new ArrayList<>(Workspace.java(workspace.cliJar(), ImageEntry.nameResolution(hostsFile)));
        command.addAll(arguments);
        return children.start(name, command, Map.of(), workspace.file("logs/" + name + ".log"), workspace.folder());
    }

    private static String output(Child process) {
        try {
            return Files.readString(process.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
