package io.tollkeeper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the built artifacts lie, and a folder for one run.
 *
 * @param root of the working copy
 * @param folder of this run; empty when it begins
 */
public record Workspace(Path root, Path folder) {
    public Workspace {
        root = root.toAbsolutePath().normalize();
        folder = folder.toAbsolutePath().normalize();
    }

    /** The working copy around the current folder, and an empty folder in it. */
    public static Workspace open(String folder) {
        var root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("helm/tollkeeper/Chart.yaml"))) {
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("expected to run inside a working copy of Tollkeeper, got "
                        + Path.of("").toAbsolutePath());
            }
        }
        var workspace = new Workspace(root, root.resolve(folder));
        workspace.empty();
        return workspace;
    }

    public Path operatorJar() {
        return built("operator/target/tollkeeper-operator-0.1.0-runner.jar");
    }

    public Path nodeJar() {
        return built("node-image/target/tollkeeper-node-0.1.0-runner.jar");
    }

    public Path cliJar() {
        return built("src/cli/target/tollkeeper.jar");
    }

    public Path anvil() {
        return built("src/contracts/node_modules/.bin/anvil");
    }

    public Path chart() {
        return built("helm/tollkeeper");
    }

    /** A file of this run; its folder exists. */
    public Path file(String name) {
        var file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Writes a text file of this run. */
    public Path write(String name, String text) {
        try {
            return Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path built(String name) {
        var file = root.resolve(name);
        if (!Files.exists(file)) {
            throw new IllegalStateException("expected " + name + ", which `make build` makes");
        }
        return file;
    }

    private void empty() {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> all = Files.walk(folder)) {
                for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                    if (!path.equals(folder)) {
                        Files.deleteIfExists(path);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Folder of the local cluster's runs, shared by the demo and the tests. */
    public Path clusterRuns() {
        return root.resolve("build").resolve("local-cluster");
    }

    /** A JVM command that runs a jar of ours. */
    static List<String> java(Path jar, List<String> options) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Stream.of(
                        List.of(
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m"),
                        options,
                        List.of("-jar", jar.toString()))
                .flatMap(List::stream)
                .toList();
    }
}
