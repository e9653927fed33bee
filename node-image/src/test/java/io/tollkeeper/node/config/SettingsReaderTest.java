package io.tollkeeper.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.api.node.NodeEnvironment;
import io.tollkeeper.node.TestNodes;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    private static final Address PAYEE = Address.fromHex("0x" + "aa".repeat(20));
    private static final String KEY = "0x" + "00".repeat(31) + "07";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    SettingsReaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void describeAGoodNode() throws IOException {
        environment.putAll(Map.of(
                NodeEnvironment.NAMESPACE, "default",
                NodeEnvironment.BILLING_NODE, "demo",
                NodeEnvironment.NODE_NAME, "demo-n2",
                NodeEnvironment.NODE_INDEX, "2",
                NodeEnvironment.EPOCH, "7",
                NodeEnvironment.ANCHOR_MODE, "DIGEST",
                NodeEnvironment.ANCHOR_INTERVAL, "10s",
                NodeEnvironment.ANCHOR_PROMISE, "1m",
                NodeEnvironment.DRAIN_DEADLINE, "30s"));
        environment.put(NodeEnvironment.DATA_DIR, folder.resolve("data").toString());
        environment.put(NodeEnvironment.KEY_FILE, write("key", KEY + "\n"));
        for (Map.Entry<String, String> each : Map.of(
                        ChainKeys.CHAIN_ID, "31337",
                        ChainKeys.ENDPOINTS, "http://127.0.0.1:8545",
                        ChainKeys.USAGE_ANCHOR, "0x" + "01".repeat(20),
                        ChainKeys.FEE_VAULT, "0x" + "02".repeat(20),
                        ChainKeys.START_BLOCK, "0",
                        ChainKeys.FINALITY_DEPTH, "2",
                        ChainKeys.FLEET, "0x" + "03".repeat(32))
                .entrySet()) {
            write("chain/" + each.getKey(), each.getValue());
        }
        environment.put(NodeEnvironment.CHAIN_DIR, folder.resolve("chain").toString());
        write("plans/a.yaml", TestNodes.planText(PAYEE, "STOP", "0s", "20s"));
        environment.put(NodeEnvironment.PLANS_DIR, folder.resolve("plans").toString());
    }

    private String write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, text).toString();
    }

    private List<String> faults() {
        return Objects.requireNonNull(
                        catchThrowableOfType(SettingsException.class, () -> SettingsReader.read(environment)))
                .faults();
    }

    @Test
    void readsAGoodConfiguration() throws Exception {
        NodeSettings settings = SettingsReader.read(environment);

        assertThat(settings.nodeName()).isEqualTo("demo-n2");
        assertThat(settings.epoch()).isEqualTo(7);
        assertThat(settings.key().address()).isEqualTo(SignerKey.fromHex(KEY).address());
        assertThat(settings.anchor().mode()).isEqualTo(NodeSettings.AnchorSettings.Mode.DIGEST);
        assertThat(settings.anchor().promise()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.plans()).hasSize(1);
        assertThat(settings.viewAgeMax()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.lease()).isEmpty();
    }

    @Test
    void readsTheLeaseWhereItHasAName() throws Exception {
        environment.put(NodeEnvironment.LEASE_NAME, "demo-n2");
        assertThat(faults()).hasSize(3).allMatch(fault -> fault.contains("LEASE") || fault.contains("POD_NAME"));
        environment.put(NodeEnvironment.POD_NAME, "demo-n2-e7");
        environment.put(NodeEnvironment.LEASE_RENEW_INTERVAL, "3s");
        environment.put(NodeEnvironment.LEASE_DURATION, "10s");
        assertThat(SettingsReader.read(environment).lease().orElseThrow().holder())
                .isEqualTo("demo-n2-e7");
    }

    @Test
    void namesEveryFaultAtOnce() throws IOException {
        environment.remove(NodeEnvironment.NAMESPACE);
        environment.put(NodeEnvironment.EPOCH, "0");
        environment.put(NodeEnvironment.ANCHOR_INTERVAL, "10");
        environment.put(NodeEnvironment.ANCHOR_MODE, "SOME");
        write("key", "0x1234");
        write("chain/" + ChainKeys.CHAIN_ID, "many");
        Files.delete(folder.resolve("chain/" + ChainKeys.FEE_VAULT));
        write("plans/b.yaml", "apiVersion: tollkeeper.io/v1\nplan: {}\n");

        assertThat(String.join("\n", faults()))
                .contains(
                        NodeEnvironment.NAMESPACE + ": is missing",
                        NodeEnvironment.EPOCH + ": expected a decimal number of at least 1, got 0",
                        NodeEnvironment.ANCHOR_INTERVAL + ": expected a number and a unit",
                        NodeEnvironment.ANCHOR_MODE + ": expected FULL or DIGEST, got SOME",
                        NodeEnvironment.KEY_FILE + ": expected 32 bytes in hex",
                        "chainId: expected a decimal number",
                        "feeVault: is missing",
                        "b.yaml: ");
    }

    @Test
    void neverRepeatsWhatStandsInTheKeyFile() throws IOException {
        write("key", "0xsecret");
        assertThat(String.join("\n", faults())).doesNotContain("secret");
    }

    @Test
    void refusesAPlanThatAPayerCouldWithdrawFromBeforeItIsSettled() throws IOException {
        // Half of 120 s must be above anchor interval + finality + keeper.
        environment.put(NodeEnvironment.ANCHOR_INTERVAL, "30s");
        assertThat(String.join("\n", faults())).contains("expected half of withdrawDelay above 66s", "got 60s");
        write("chain/" + ChainKeys.BLOCK_TIME, "1s");
        assertThat(catchThrowableOfType(SettingsException.class, () -> SettingsReader.read(environment)))
                .isNull();
    }

    @Test
    void readsAMountedConfigMapWithItsLinks() throws Exception {
        Path mount = folder.resolve("mounted");
        Files.createDirectories(mount.resolve("..2026"));
        Files.writeString(mount.resolve("..2026/a.yaml"), TestNodes.planText(PAYEE, "STOP", "0s", "20s"));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(mount.resolve("a.yaml"), Path.of("..data/a.yaml"));
        environment.put(NodeEnvironment.PLANS_DIR, mount.toString());
        assertThat(SettingsReader.read(environment).plans()).hasSize(1);
    }

    @Test
    void wantsAtLeastOnePlan() throws IOException {
        Files.delete(folder.resolve("plans/a.yaml"));
        assertThat(faults()).anyMatch(fault -> fault.contains("at least one plan document"));
    }
}
