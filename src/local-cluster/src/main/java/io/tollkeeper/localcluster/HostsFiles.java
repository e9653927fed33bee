package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Hosts files with the names of Services, since there is no cluster DNS: one for each namespace, where a Service's
 * short name holds, and one for programs outside of pods. A JVM that is given one resolves nothing else, so the
 * machine's own names are in it too.
 */
final class HostsFiles {
    /** A name of the cluster and one of its addresses. */
    record Entry(String namespace, String service, String address) {}

    private static final Path MACHINE = Path.of("/etc/hosts");

    private final Path folder;
    private final Map<Path, String> written = new HashMap<>();
    private List<Entry> entries = List.of();

    HostsFiles(Path folder) {
        try {
            this.folder = Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(ofAll(), text(""));
    }

    /** File with full names only. */
    Path ofAll() {
        return folder.resolve("hosts");
    }

    /** File that has the short names of {@code namespace} too. */
    synchronized Path ofNamespace(String namespace) {
        var file = folder.resolve("hosts." + namespace);
        if (!written.containsKey(file)) {
            write(file, text(namespace));
        }
        return file;
    }

    /** Rewrites every file; a running JVM sees the new names at its next lookup. */
    synchronized void replace(List<Entry> all) {
        entries = List.copyOf(all);
        for (var file : List.copyOf(written.keySet())) {
            var name = file.getFileName().toString();
            write(file, text(name.equals("hosts") ? "" : name.substring("hosts.".length())));
        }
    }

    private String text(String namespace) {
        var lines = new ArrayList<String>(machineLines());
        for (var entry : entries) {
            var full = entry.service() + "." + entry.namespace();
            var names = Stream.of(full, full + ".svc", full + ".svc.cluster.local");
            if (entry.namespace().equals(namespace)) {
                names = Stream.concat(Stream.of(entry.service()), names);
            }
            names.forEach(name -> lines.add(entry.address() + " " + name));
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<String> machineLines() {
        var lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
        try {
            if (Files.isReadable(MACHINE)) {
                Files.readString(MACHINE)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .filter(line -> !line.equals(lines.getFirst()))
                        .forEach(lines::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** By a rename, so that no reader meets half a file. */
    private void write(Path file, String text) {
        if (text.equals(written.get(file))) {
            return;
        }
        try {
            var next = Files.writeString(folder.resolve(file.getFileName() + ".next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written.put(file, text);
    }
}
