package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder with etcd, the control plane, kubectl and helm. */
record KubeBinaries(Path folder) {
    private static final List<String> NAMES =
            List.of("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager", "kubectl", "helm");
    /** System property that names the folder, for who has asked the script already. */
    private static final String PROPERTY = "tollkeeper.kube";

    private static final Path SCRIPT = Path.of("src", "local-cluster", "kube", "build.sh");

    KubeBinaries {
        folder = folder.toAbsolutePath();
        for (var name : NAMES) {
            if (!Files.isExecutable(folder.resolve(name))) {
                throw new IllegalStateException(
                        "expected the programs " + NAMES + " in " + folder + ", " + name + " is missing there");
            }
        }
    }

    /**
     * Asks {@code src/local-cluster/kube/build.sh} of the working copy around the current folder, which builds the
     * binaries where the cache does not have them; its progress goes to stderr.
     */
    static KubeBinaries locate() {
        var given = System.getProperty(PROPERTY, System.getenv("TOLLKEEPER_KUBE_BIN"));
        if (given != null && !given.isBlank()) {
            return new KubeBinaries(Path.of(given));
        }
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(SCRIPT))) {
                return new KubeBinaries(build(at.resolve(SCRIPT)));
            }
        }
        throw new IllegalStateException("expected " + SCRIPT + " in a folder above "
                + Path.of("").toAbsolutePath() + ", or TOLLKEEPER_KUBE_BIN to name a folder with " + NAMES);
    }

    private static Path build(Path script) {
        try {
            var process = new ProcessBuilder("sh", script.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            var status = process.waitFor();
            if (status != 0 || lines.isEmpty()) {
                throw new IllegalStateException(
                        script + " ended with status " + status + "; what is missing stands on stderr");
            }
            return Path.of(lines.getLast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the Kubernetes binaries are built", e);
        }
    }

    String path(String name) {
        return folder.resolve(name).toString();
    }
}
