package io.tollkeeper.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.merkle.MemoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreCrashTest {
    private static final int AT_LEAST = 200;

    /** A digest in hex, and the line's end. */
    private static final int LINE_BYTES = 67;

    private final Path folder;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    StoreCrashTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Starts the writer, kills it somewhere in the middle, and returns what it had acknowledged. */
    private List<Bytes32> writeUntilKilled() throws IOException, InterruptedException {
        System.out.println("replay with -Dseed=" + seed);
        Path output = folder.resolveSibling(folder.getFileName() + ".acknowledged");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashWriter.class.getName(),
                        folder.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            long killAfter = (AT_LEAST + random.nextInt(800)) * (long) LINE_BYTES;
            while (Files.size(output) < killAfter) {
                assertThat(writer.isAlive()).as("the writer is running").isTrue();
                Thread.sleep(5);
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
        // The last line may be cut off by the kill: then nobody has read that acknowledgement.
        return Files.readAllLines(output).stream()
                .filter(line -> line.length() == LINE_BYTES - 1)
                .map(Bytes32::fromHex)
                .toList();
    }

    @RepeatedTest(2)
    void everyAcknowledgedRecordIsThereAfterAKillAndTheLogIsWhole() throws Exception {
        List<Bytes32> acknowledged = writeUntilKilled();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(AT_LEAST);
        assertHolds(acknowledged);
    }

    private void assertHolds(List<Bytes32> acknowledged) {
        try (Store store = Store.open(folder)) {
            Records records = new Records(store);
            UsageLog log = new UsageLog(store, CrashWriter.EPOCH);
            for (Bytes32 digest : acknowledged) {
                HeldRecord held = records.byDigest(digest).orElseThrow();
                long leaf = held.leafIn(CrashWriter.EPOCH).orElseThrow();
                assertThat(log.leaf(leaf).orElseThrow().hash())
                        .isEqualTo(CanonicalRecord.leafHash(CanonicalRecord.encode(held.record())));
            }
            MemoryTree again = new MemoryTree();
            for (long index = 0; index < log.size(); index++) {
                again.append(log.leaf(index).orElseThrow().hash());
            }
            assertThat(log.edge().root()).isEqualTo(again.root());
            assertThat(log.root(log.size())).isEqualTo(again.root());
        }
    }

    /** What a crash of the machine may leave behind the last synced byte. */
    private enum Tail {
        ZEROS,
        GARBAGE,
        HALF_A_RECORD
    }

    @ParameterizedTest
    @EnumSource
    void aTornTailIsCutAndNeverAReasonNotToStart(Tail tail) throws Exception {
        List<Bytes32> acknowledged = writeUntilKilled();
        Path wal = newestWal();
        byte[] torn =
                switch (tail) {
                    case ZEROS -> new byte[10_000];
                    case GARBAGE -> garbage();
                    case HALF_A_RECORD -> {
                        byte[] all = Files.readAllBytes(wal);
                        yield Arrays.copyOf(all, Math.min(all.length, 150));
                    }
                };
        Files.write(wal, torn, StandardOpenOption.APPEND);
        assertHolds(acknowledged);
        // And what was cut does not come back, nor is in the way.
        assertHolds(acknowledged);
    }

    private byte[] garbage() {
        byte[] bytes = new byte[10_000];
        random.nextBytes(bytes);
        return bytes;
    }

    private Path newestWal() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
        }
    }
}
