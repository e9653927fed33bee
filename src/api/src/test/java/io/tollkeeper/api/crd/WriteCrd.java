package io.tollkeeper.api.crd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the CRD's files; the one argument is the root of the repository. {@code make generate} runs it. */
final class WriteCrd {
    static final Path CRD = Path.of("crds/billingnodes.billing.tollkeeper.io.yaml");
    static final Path CHART = Path.of("helm/tollkeeper/templates/crd-billingnodes.yaml");

    private WriteCrd() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        ObjectNode crd = Crd.generate();
        write(root.resolve(CRD), Crd.yaml(crd));
        write(root.resolve(CHART), Crd.template(crd));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
