package io.tollkeeper.localcluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerKilledTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    void nothingLivesOnAfterItsOwnerIsKilledAndTheNextRunWorks(@TempDir Path runs) throws Exception {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FrozenPodMain.class.getName(),
                        runs.toString())
                .redirectErrorStream(true)
                .redirectOutput(runs.resolve("owner.log").toFile())
                .start();
        try {
            Wait.until(
                    "the owner has a cluster with a frozen pod",
                    LIMIT,
                    () -> Children.read(runs.resolve("owner.log")).contains(FrozenPodMain.READY),
                    () -> Children.read(runs.resolve("owner.log")));
            var ours = processesOf(runs);
            assertThat(ours).as("control plane, pod and what the pod started").hasSizeGreaterThanOrEqualTo(6);
        } finally {
            owner.destroyForcibly();
            owner.waitFor(10, TimeUnit.SECONDS);
        }
        Wait.until("every process of the run is gone", Duration.ofSeconds(10), () -> processesOf(runs)
                .isEmpty());

        var before = runFolders(runs);
        try (var next = Children.open(runs)) {
            assertThat(before)
                    .allSatisfy(
                            left -> assertThat(left.resolve("control-plane")).doesNotExist())
                    .allSatisfy(left -> assertThat(left.resolve("logs")).exists());
            var child = next.start("true", List.of("true"), java.util.Map.of());
            assertThat(child.awaitExit(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void whatAWatchdogCouldNotEndTheNextRunEnds(@TempDir Path runs) throws Exception {
        var id = "0c1f3a52-7d0e-4c0e-9b6e-000000000000";
        Files.createDirectories(runs.resolve("run-" + id));
        var builder = new ProcessBuilder("sh", "-c", "sleep 300 & wait");
        builder.environment().put(Children.MARKER, id);
        var left = builder.start();
        var stranger = new ProcessBuilder("sleep", "300").start();
        try (var _ = Children.open(runs)) {
            assertThat(left.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            left.destroyForcibly();
            stranger.destroyForcibly();
        }
    }

    /** Processes whose environment carries the id of a run in {@code runs}. */
    private static List<Long> processesOf(Path runs) {
        var ids = runFolders(runs).stream()
                .map(folder ->
                        Children.MARKER + "=" + folder.getFileName().toString().substring("run-".length()))
                .toList();
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> ids.stream().anyMatch(id -> environment(pid).contains(id)))
                .toList();
    }

    private static List<Path> runFolders(Path runs) {
        try (var entries = Files.list(runs)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String environment(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc", "" + pid, "environ")), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }
}
