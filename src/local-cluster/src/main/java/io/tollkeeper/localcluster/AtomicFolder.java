package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A folder whose files change all at once, laid out as a kubelet does it: {@code name → ..data/name}, {@code ..data →
 * ..<number>}. A reader meets the same links here as in a real pod.
 */
final class AtomicFolder {
    /** One file: its bytes (never moved through) and its permission bits. */
    record Content(ByteBuffer bytes, int mode) {
        static Content of(byte[] bytes, int mode) {
            return new Content(ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer(), mode);
        }

        void writeTo(Path file) throws IOException {
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var rest = bytes.duplicate();
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
        }
    }

    private static final String DATA = "..data";

    private final Path folder;
    private final Map<String, Content> written = new HashMap<>();
    private boolean exists;
    private int generation;

    AtomicFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder hold exactly {@code files} (relative path → content); false when it already does. */
    boolean write(Map<String, Content> files) {
        if (exists && written.equals(files)) {
            return false;
        }
        try {
            replace(files);
        } catch (IOException e) {
            throw new UncheckedIOException("the volume " + folder + " cannot be written", e);
        }
        written.clear();
        written.putAll(files);
        exists = true;
        return true;
    }

    private void replace(Map<String, Content> files) throws IOException {
        generation++;
        var next = Files.createDirectories(folder.resolve(".." + generation));
        for (var file : files.entrySet()) {
            var target = next.resolve(file.getKey()).normalize();
            if (!target.startsWith(next)) {
                throw new IOException("expected a path inside the volume, got " + file.getKey());
            }
            Files.createDirectories(target.getParent());
            file.getValue().writeTo(target);
            Files.setPosixFilePermissions(target, permissions(file.getValue().mode()));
        }
        var link = folder.resolve("..data_next");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(".." + generation));
        Files.move(link, folder.resolve(DATA), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        linkNames(files.keySet());
        if (generation > 1) {
            delete(folder.resolve(".." + (generation - 1)));
        }
    }

    private void linkNames(Set<String> paths) throws IOException {
        for (var path : paths) {
            var top = Path.of(path).getName(0);
            if (!Files.isSymbolicLink(folder.resolve(top))) {
                Files.createSymbolicLink(folder.resolve(top), Path.of(DATA).resolve(top));
            }
        }
        for (var path : written.keySet()) {
            var top = Path.of(path).getName(0);
            if (paths.stream().noneMatch(p -> Path.of(p).getName(0).equals(top))) {
                Files.deleteIfExists(folder.resolve(top));
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var entries = Files.walk(tree)) {
            for (var path : entries.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var bits = PosixFilePermission.values();
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < bits.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                set.add(bits[i]);
            }
        }
        return set;
    }
}
