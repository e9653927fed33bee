package io.tollkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.ChainException;
import io.tollkeeper.chain.UsageAnchorGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The provider's commands on a real development chain. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // Set by startChain.
class ProviderCommandsTest {
    // The development chain's own accounts.
    private static final String ADMIN = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    private static final String PAYEE = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    private static final String PAYER = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
    private static final String NODE_ADMIN_ADDRESS = "0x90f79bf6eb2c4f870365e785982e1f101e93b906";

    @TempDir
    private static Path folder;

    private static Process anvil;
    private static String rpc;

    @BeforeAll
    static void startChain() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        rpc = "http://127.0.0.1:" + port;
        anvil = new ProcessBuilder("../contracts/node_modules/.bin/anvil", "--silent", "--port", Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("anvil.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(ProviderCommandsTest::killChain));
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!answers()) {
            assertThat(System.nanoTime()).as("the chain starts").isLessThan(deadline);
            Thread.sleep(100);
        }
        for (var key : new String[] {ADMIN, PAYEE, PAYER}) {
            Files.writeString(
                    file(key.equals(ADMIN) ? "admin.key" : key.equals(PAYEE) ? "payee.key" : "payer.key"), key);
        }
        Files.writeString(file("plan.yaml"), Plans.GOOD);
    }

    private static boolean answers() {
        try {
            return ChainEndpoints.chainIdOf(URI.create(rpc)) > 0;
        } catch (ChainException _) {
            return false;
        }
    }

    @AfterAll
    static void killChain() {
        // npm's anvil is a script that starts the binary.
        anvil.descendants().forEach(ProcessHandle::destroyForcibly);
        anvil.destroyForcibly();
    }

    private static Path file(String name) {
        return folder.resolve(name);
    }

    private static Cli ok(Object... arguments) {
        var run = Cli.run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    @Test
    void fromNothingToAnOpenAgreement() throws IOException {
        var deployed = ok(
                "contracts",
                "deploy",
                "--rpc",
                rpc,
                "--key-file",
                file("admin.key"),
                "--node-admin",
                NODE_ADMIN_ADDRESS,
                "--fleet",
                "test",
                "--fleet-max-nodes",
                "7",
                "--out",
                file("chain.yaml"));
        assertThat(Files.readString(file("chain.yaml"))).isEqualTo(deployed.out());
        assertThat(deployed.out().lines())
                .allMatch(line -> line.matches("[a-zA-Z]+: \".+\""))
                .contains("chainId: \"31337\"", "endpoints: \"" + rpc + "\"", "finalityDepth: \"0\"");
        fleetIsAuthorised();

        var plan = new String[] {
            "plan",
            "register",
            "--chain",
            file("chain.yaml").toString(),
            "--key-file",
            file("payee.key").toString(),
            file("plan.yaml").toString()
        };
        var planId = ok((Object[]) plan).out();
        assertThat(planId).matches("0x[0-9a-f]{64}\\R");
        assertThat(ok((Object[]) plan).out()).as("registered again").isEqualTo(planId);
        assertThat(ok("plan", "id", file("plan.yaml")).out()).isEqualTo(planId);

        ok("key", "new", "--out", file("signer.key"));
        var open = new Object[] {
            "agreement",
            "open",
            "--chain",
            file("chain.yaml"),
            "--plan",
            file("plan.yaml"),
            "--payer-key-file",
            file("payer.key"),
            "--signer-key-file",
            file("signer.key"),
            "--deposit",
            "12345",
            "--json"
        };
        var opened = new ObjectMapper().readTree(ok(open).out());
        assertThat(opened.path("planId").asText()).isEqualTo(planId.strip());
        var shown = new ObjectMapper()
                .readTree(ok(
                                "agreement",
                                "show",
                                "--chain",
                                file("chain.yaml"),
                                opened.path("agreement").asText())
                        .out());
        assertThat(shown.path("deposit").asText()).isEqualTo("12345");
        assertThat(shown.path("charged").asText()).isEqualTo("0");

        var again = Cli.run(open);
        assertThat(again.exitCode()).isEqualTo(ExitCode.CHAIN);
        assertThat(again.err()).contains("CHAIN_REFUSED").contains("--nonce");
    }

    private static void fleetIsAuthorised() throws IOException {
        try {
            var config = ChainFile.read(file("chain.yaml"));
            try (var chain = ChainEndpoints.of(config)) {
                var fleet = new UsageAnchorGateway(chain, config.usageAnchor())
                        .fleet(config.fleet().orElseThrow())
                        .orElseThrow();
                assertThat(fleet.nodeAdmin().hex()).isEqualTo(NODE_ADMIN_ADDRESS);
                assertThat(fleet.maxNodes()).isEqualTo(7);
            }
        } catch (FaultsException wrong) {
            throw new AssertionError(wrong.faults().toString(), wrong);
        }
    }

    @Test
    void aPlanOfSomebodyElseIsRefusedBeforeTheChainIsAsked() throws IOException {
        Files.writeString(file("none.yaml"), """
            chainId: "31337"
            endpoints: "http://127.0.0.1:1"
            usageAnchor: "0x5fbdb2315678afecb367f032d93f642f64180aa3"
            feeVault: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"
            finalityDepth: "0"
            """);
        var run = Cli.run(
                "plan", "register", "--chain", file("none.yaml"), "--key-file", file("payer.key"), file("plan.yaml"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(run.err()).contains("MISMATCH (7)").contains("plan.payee");
    }
}
