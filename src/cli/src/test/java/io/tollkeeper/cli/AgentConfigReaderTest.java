package io.tollkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigReaderTest {
    private static final String GOOD = """
            apiVersion: tollkeeper.io/v1
            agreement: "0xa7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7"
            signerKeyFile: keys/signer.key
            planFile: plan.yaml
            servers: ["http://10.0.0.1:7070", {name: b, url: "http://10.0.0.2:7070", zone: z2}]
            chain:
              chainId: 31337
              endpoints: ["http://127.0.0.1:8545", "http://127.0.0.2:8545"]
              usageAnchor: "0x5fbdb2315678afecb367f032d93f642f64180aa3"
              feeVault: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"
              finalityDepth: 2
            spool: {dir: spool}
            collectors:
              - {kind: time, meter: time}
              - {kind: network, interface: lo, received: rx}
            stopPatience: 1500ms
            """;

    private final Path folder;

    AgentConfigReaderTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectory(folder.resolve("keys"));
        Files.writeString(
                folder.resolve("keys/signer.key"),
                "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d\n");
        Files.writeString(folder.resolve("plan.yaml"), Plans.GOOD);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), text);
    }

    private String faultsOf(String text) throws IOException {
        var file = write(text);
        var wrong = catchThrowableOfType(FaultsException.class, () -> AgentConfig.read(file));
        assertThat(wrong).as("faults of the file").isNotNull();
        return String.join("\n", wrong.faults().stream().map(Fault::toString).toList())
                .replace(folder.toString(), "DIR");
    }

    @Test
    void readsAllThatAnAgentNeeds() throws Exception {
        var config = AgentConfig.read(write(GOOD));
        assertThat(config.servers()).containsExactly("http://10.0.0.1:7070", "http://10.0.0.2:7070");
        assertThat(config.chain().endpoints()).hasSize(2);
        assertThat(config.chain().finalityDepth()).isEqualTo(2);
        assertThat(config.spoolFolder()).isEqualTo(folder.resolve("spool"));
        assertThat(config.stopPatience()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(config.sources())
                .containsExactly(
                        new AgentConfig.Source.Time(1),
                        new AgentConfig.Source.Network("lo", OptionalInt.of(2), OptionalInt.empty()));
        assertThat(config.key().address().hex()).isEqualTo("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
        assertThat(config.settings(Optional.empty()).domain().chainId()).isEqualTo(31337);
    }

    @Test
    void everyFaultIsListedAtOnceWithExpectedAndActual() throws IOException {
        var faults = faultsOf("""
            apiVersion: tollkeeper.io/v2
            agreement: "0xa7"
            signerKeyFile: keys/none.key
            planFile: plan.yaml
            servers: ["10.0.0.1:7070", "http://10.0.0.2:7070", "http://10.0.0.2:7070"]
            chain: {chainId: 0, endpoints: [], feeVault: "0x0"}
            spool: {}
            collectors:
              - {kind: time, meter: hours}
              - {kind: network, interface: nosuch0, received: rx, send: tx}
              - {kind: cpu}
            stopPatience: soon
            jornal: x
            """);
        assertThat(faults.lines())
                .anyMatch(line -> line.startsWith("FIELD_UNKNOWN (3) at DIR/agent.yaml: jornal: expected one of ["))
                .contains(
                        "VALUE_WRONG (5) at DIR/agent.yaml: apiVersion: expected tollkeeper.io/v1,"
                                + " actual \"tollkeeper.io/v2\"",
                        "VALUE_WRONG (5) at DIR/agent.yaml: agreement: expected an agreement's id, \"0x\" and 64"
                                + " hexadecimal digits, quoted, actual \"0xa7\"",
                        "FILE_UNREADABLE (1) at DIR/keys/none.key: expected a file that can be read, actual"
                                + " java.nio.file.NoSuchFileException: DIR/keys/none.key",
                        "VALUE_WRONG (5) at DIR/agent.yaml: servers[0]: expected http://host:port or"
                                + " https://host:port, actual \"10.0.0.1:7070\"",
                        "VALUE_WRONG (5) at DIR/agent.yaml: servers[2]: expected each server once, actual"
                                + " \"http://10.0.0.2:7070\" again",
                        "FIELD_MISSING (4) at DIR/agent.yaml: chain.usageAnchor: expected a value, actual nothing",
                        "FIELD_MISSING (4) at DIR/agent.yaml: spool.dir: expected a path, actual nothing",
                        "MISMATCH (7) at DIR/agent.yaml: collectors[0].meter: expected a meter of the tariff, one of"
                                + " [rx, time, tx], actual \"hours\"",
                        "VALUE_WRONG (5) at DIR/agent.yaml: collectors[2].kind: expected time or network, actual"
                                + " \"cpu\"",
                        "VALUE_WRONG (5) at DIR/agent.yaml: stopPatience: expected a duration such as 10s or 500ms,"
                                + " actual \"soon\"")
                .anyMatch(
                        line -> line.startsWith(
                                "SOURCE_UNREADABLE (8) at DIR/agent.yaml: collectors[1].interface: expected a network interface"))
                .anyMatch(line -> line.startsWith("FIELD_UNKNOWN (3) at DIR/agent.yaml: collectors[1].send"))
                .anyMatch(line -> line.contains("chain.chainId: expected a decimal number"))
                .anyMatch(line -> line.contains("chain.feeVault"));
    }

    @Test
    void aPlansOwnFaultsAreListedToo() throws IOException {
        Files.writeString(folder.resolve("plan.yaml"), Plans.GOOD.replace("withdrawDelay: 120s", "withdrawDelay: 30s"));
        assertThat(faultsOf(GOOD))
                .startsWith("PLAN_WRONG (6) at DIR/plan.yaml: plan.withdrawDelay: expected at least 2 · offlineAfter");
    }

    @Test
    void aMeterIsFedByOneCollectorOnly() throws IOException {
        assertThat(faultsOf(GOOD.replace("received: rx", "received: rx, sent: rx")))
                .contains("MISMATCH (7)")
                .contains("expected each meter once, actual rx again");
    }

    @Test
    void eitherServersOrServersFile() throws IOException {
        Files.writeString(folder.resolve("servers.yaml"), "servers: [{url: 'http://10.0.0.9:7070'}]");
        assertThat(faultsOf(GOOD + "serversFile: servers.yaml\n")).contains("expected either servers or serversFile");
        assertThat(faultsOf(GOOD.replaceAll("servers: .*", ""))).contains("actual neither");
    }

    @Test
    void readsTheServersFromAFileOfTheirOwn() throws Exception {
        var servers = Files.writeString(folder.resolve("servers.yaml"), "servers: [{url: 'http://10.0.0.9:7070'}]");
        var config = AgentConfig.read(write(GOOD.replaceAll("servers: .*", "serversFile: servers.yaml")));
        assertThat(config.servers()).containsExactly("http://10.0.0.9:7070");
        Files.writeString(servers, "servers: ['http://10.0.0.8:7070', 'http://10.0.0.9:7070']");
        assertThat(AgentConfigReader.serversOf(servers))
                .containsExactly("http://10.0.0.8:7070", "http://10.0.0.9:7070");
    }

    @Test
    void aFileThatIsNoYamlSaysSo() throws IOException {
        assertThat(faultsOf("servers: [")).startsWith("SYNTAX (2) at DIR/agent.yaml: expected YAML or JSON");
        assertThat(faultsOf(""))
                .isEqualTo("SYNTAX (2) at DIR/agent.yaml: expected an object with fields, actual nothing");
    }

    @Test
    void aWrongKeyIsNeverQuoted() throws IOException {
        Files.writeString(folder.resolve("keys/signer.key"), "5ecre7");
        assertThat(faultsOf(GOOD)).doesNotContain("5ecre7").contains("a private key, 32 bytes in hex");
    }
}
