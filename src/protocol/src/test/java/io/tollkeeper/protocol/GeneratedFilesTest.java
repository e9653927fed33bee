package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GeneratedFilesTest {
    @Test
    void theVectorsAndTheErrorTableAreFresh() throws IOException {
        for (var file : GeneratedFiles.all(Path.of("")).entrySet()) {
            assertThat(file.getKey()).as("run `make generate`").exists();
            assertThat(Files.readString(file.getKey()))
                    .as("%s: run `make generate` and commit the result", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }
}
