package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Keccak;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "contracts",
        description = "The contracts UsageAnchor and FeeVault.",
        subcommands = ContractsCommand.Deploy.class)
@SuppressWarnings("NullAway.Init") // Fields are set by picocli.
final class ContractsCommand {
    @Command(
            name = "deploy",
            description = {
                "Deploys UsageAnchor and FeeVault and authorises one fleet of billing nodes.",
                "Writes the chain's description: the keys that operator, nodes and clients are given."
            })
    static final class Deploy implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(
                names = "--rpc",
                required = true,
                split = ",",
                paramLabel = "URL",
                description = "JSON-RPC endpoints of the chain.")
        private List<URI> endpoints;

        @Option(
                names = "--key-file",
                required = true,
                paramLabel = "FILE",
                description = "Key that deploys and owns UsageAnchor.")
        private Path keyFile;

        @ArgGroup(multiplicity = "1")
        private NodeAdmin nodeAdmin;

        static final class NodeAdmin {
            @Option(names = "--node-admin", paramLabel = "ADDRESS", description = "NODE_ADMIN of the fleet.")
            private String address;

            @Option(
                    names = "--node-admin-key-file",
                    paramLabel = "FILE",
                    description = "The same, as the address of this key file (the operator's key).")
            private Path keyFile;
        }

        @Option(
                names = "--fleet",
                defaultValue = "default",
                paramLabel = "NAME",
                description = "Fleet: 32 bytes in hex, or a name whose keccak-256 is taken. Default: ${DEFAULT-VALUE}")
        private String fleet;

        @Option(
                names = "--fleet-max-nodes",
                defaultValue = "64",
                paramLabel = "N",
                description = "Nodes that may be active at once. Default: ${DEFAULT-VALUE}")
        private long maxNodes;

        @Option(
                names = "--fleet-burst",
                paramLabel = "N",
                description = "Registrations that may follow each other at once, at least the nodes."
                        + " Default: four times the nodes")
        private Optional<Long> burst = Optional.empty();

        @Option(
                names = "--fleet-window",
                defaultValue = "3600",
                paramLabel = "SECONDS",
                description = "Seconds in which a used-up burst is whole again. Default: ${DEFAULT-VALUE}")
        private long window;

        @Option(
                names = "--finality-depth",
                defaultValue = "0",
                paramLabel = "BLOCKS",
                description = "Blocks on top of a block before it counts as final. Default: ${DEFAULT-VALUE}")
        private int finalityDepth;

        @Option(
                names = "--timeout",
                defaultValue = "300",
                paramLabel = "SECONDS",
                description = "Longest wait for a transaction. Default: ${DEFAULT-VALUE}")
        private long timeout;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the description goes.")
        private Path out;

        @Override
        public Integer call() throws Exception {
            var key = KeyFile.read(keyFile);
            var admin = nodeAdmin.keyFile == null
                    ? address(nodeAdmin.address)
                    : KeyFile.read(nodeAdmin.keyFile).address();
            var fleetId = fleetId(fleet);
            var chainId = ChainEndpoints.chainIdOf(endpoints.getFirst());
            try (var chain = new ChainEndpoints(chainId, endpoints)) {
                var provider = new Provider(chain, key, finalityDepth, Duration.ofSeconds(timeout));
                var anchor = provider.send("creation of UsageAnchor", UsageAnchorGateway.creation(key.address()));
                var vault = provider.send("creation of FeeVault", FeeVaultGateway.creation());
                var config = new ChainConfig(
                        chainId,
                        endpoints,
                        anchor.contract().orElseThrow(),
                        vault.contract().orElseThrow(),
                        Math.min(anchor.blockNumber(), vault.blockNumber()),
                        finalityDepth,
                        Optional.of(fleetId));
                provider.send(
                        "authorisation of the fleet",
                        new UsageAnchorGateway(chain, config.usageAnchor())
                                .setFleet(fleetId, admin, maxNodes, burst.orElse(4 * maxNodes), window));
                var description = ChainFile.write(config.toKeys());
                write(description);
                spec.commandLine().getOut().print(description);
                spec.commandLine().getOut().flush();
            }
            return ExitCode.OK;
        }

        private void write(String description) throws IOException {
            if (out.toAbsolutePath().getParent() != null) {
                Files.createDirectories(out.toAbsolutePath().getParent());
            }
            Files.writeString(out, description);
        }

        private Address address(String text) {
            try {
                return Address.fromHex(text);
            } catch (IllegalArgumentException _) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--node-admin: expected an address, 20 bytes in hex, actual " + text);
            }
        }

        private static Bytes32 fleetId(String text) {
            return text.matches("0x[0-9a-fA-F]{64}")
                    ? Bytes32.fromHex(text)
                    : Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
