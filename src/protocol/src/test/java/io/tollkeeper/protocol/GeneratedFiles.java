package io.tollkeeper.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What this module writes by machine: the test vectors, and the error table of docs/protocol.md. {@code make generate}. */
public final class GeneratedFiles {
    private static final String TABLE_BEGIN = "<!-- errors: written from SubmitError by `make generate` -->\n";
    private static final String TABLE_END = "<!-- errors: end -->\n";

    private GeneratedFiles() {}

    /**
     * Writes them.
     *
     * @param arguments the module's folder
     */
    public static void main(String[] arguments) throws IOException {
        for (var file : all(Path.of(arguments[0])).entrySet()) {
            Files.createDirectories(file.getKey().toAbsolutePath().getParent());
            Files.writeString(file.getKey(), file.getValue());
        }
    }

    /** Every file and what must stand in it. */
    static Map<Path, String> all(Path module) throws IOException {
        Map<Path, String> files = new TreeMap<>();
        Path vectors = module.resolve("src/test/resources/vectors");
        Vectors.all().forEach((name, text) -> files.put(vectors.resolve(name), text));
        Path page = module.resolve("../../docs/protocol.md");
        files.put(page, withErrorTable(Files.readString(page)));
        return files;
    }

    private static String withErrorTable(String page) {
        int begin = page.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length();
        int end = page.indexOf(TABLE_END);
        if (begin < TABLE_BEGIN.length() || end < begin) {
            throw new IllegalStateException("docs/protocol.md has lost the marks of its error table");
        }
        StringBuilder table = new StringBuilder("| number | name | class | meaning |\n|---:|---|---|---|\n");
        for (SubmitError error : SubmitError.values()) {
            table.append("| %d | `%s` | %s | %s |\n"
                    .formatted(error.number(), error.name(), error.errorClass(), error.text()));
        }
        return page.substring(0, begin) + table + page.substring(end);
    }
}
