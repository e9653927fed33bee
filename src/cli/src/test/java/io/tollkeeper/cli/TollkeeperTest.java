package io.tollkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class TollkeeperTest {
    static Stream<List<String>> commands() {
        var found = new ArrayList<List<String>>();
        collect(Tollkeeper.commandLine(), List.of(), found);
        return found.stream();
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> found) {
        found.add(path);
        command.getSubcommands().forEach((name, sub) -> {
            if (!name.equals("help")) {
                collect(sub, Stream.concat(path.stream(), Stream.of(name)).toList(), found);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItself(List<String> command) {
        var help = Cli.run(Stream.concat(command.stream(), Stream.of("--help")).toArray());
        assertThat(help.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(help.out())
                .startsWith("Usage: "
                        + String.join(
                                " ",
                                Stream.concat(Stream.of("tollkeeper"), command.stream())
                                        .toList()));
        assertThat(help.out()).contains("Exit codes:");
    }

    @Test
    void aWrongCommandLineIsUsage() {
        assertThat(Cli.run().exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("agent", "walk").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("contracts", "deploy").err()).contains("--rpc");
        assertThat(Cli.run("--version").out()).startsWith("tollkeeper ");
    }

    @Test
    void aConfigurationThatIsWrongIsExitThreeAndNothingOnStdout(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("agent.yaml"), "apiVersion: tollkeeper.io/v1\n");
        var run = Cli.run("agent", "run", "--config", file);
        assertThat(run.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.matches("tollkeeper: [A-Z_]+ \\(\\d+\\) at .+: expected .+, actual .+"));
    }

    @Test
    void makesAKeyFileAndNeverOverwritesOne(@TempDir Path folder) throws IOException {
        var file = folder.resolve("signer.key");
        var made = Cli.run("key", "new", "--out", file);
        assertThat(made.exitCode()).isZero();
        assertThat(Cli.run("key", "address", file).out()).isEqualTo(made.out());
        assertThat(Files.getPosixFilePermissions(file)).hasSizeLessThanOrEqualTo(2);
        var again = Cli.run("key", "new", "--out", file);
        assertThat(again.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(again.err()).contains("exists");
    }

    @Test
    void aChainThatDoesNotAnswerIsExitFour(@TempDir Path folder) throws IOException {
        var key = folder.resolve("a.key");
        assertThat(Cli.run("key", "new", "--out", key).exitCode()).isZero();
        var run = Cli.run(
                "contracts",
                "deploy",
                "--rpc",
                "http://127.0.0.1:1",
                "--key-file",
                key,
                "--node-admin-key-file",
                key,
                "--out",
                folder.resolve("chain.yaml"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.CHAIN);
        assertThat(folder.resolve("chain.yaml")).doesNotExist();
    }

    @Test
    void statusWithoutAnAgentIsExitSix(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("plan.yaml"), Plans.GOOD);
        assertThat(Cli.run("key", "new", "--out", folder.resolve("s.key")).exitCode())
                .isZero();
        var file = Files.writeString(folder.resolve("agent.yaml"), """
            apiVersion: tollkeeper.io/v1
            agreement: "0xa7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7"
            signerKeyFile: s.key
            planFile: plan.yaml
            servers: ["http://10.0.0.1:7070"]
            chain: {chainId: 1, endpoints: "http://127.0.0.1:1", finalityDepth: 0,
                    usageAnchor: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
                    feeVault: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"}
            spool: {dir: spool}
            collectors: [{kind: time, meter: time}]
            """);
        var run = Cli.run("agent", "status", "--config", file);
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(run.err()).contains("none has run with this configuration");
    }
}
