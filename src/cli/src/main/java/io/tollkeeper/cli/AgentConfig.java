package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.client.AgentSettings;
import io.tollkeeper.client.ClientClock;
import io.tollkeeper.client.Collector;
import io.tollkeeper.client.NetworkCollector;
import io.tollkeeper.client.Spool;
import io.tollkeeper.client.TimeCollector;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An agent's configuration file, read and checked.
 *
 * @param serversFile where the list of servers comes from, if it is a file of its own
 * @param stopPatience how long the end of a session waits for its acknowledgement
 */
record AgentConfig(
        Bytes32 agreement,
        SignerKey key,
        PlanFile plan,
        List<String> servers,
        Optional<Path> serversFile,
        ChainConfig chain,
        Path spoolFolder,
        Spool.Limits spoolLimits,
        Optional<Path> journal,
        List<Source> sources,
        Duration stopPatience) {

    /** What is measured, with the ids of its meters. */
    sealed interface Source {
        record Time(int meterId) implements Source {}

        record Network(String interfaceName, OptionalInt received, OptionalInt sent) implements Source {}
    }

    AgentConfig {
        servers = List.copyOf(servers);
        sources = List.copyOf(sources);
    }

    static AgentConfig read(Path file) throws FaultsException {
        return new AgentConfigReader(file).read();
    }

    AgentSettings settings(Optional<Path> journalOption) {
        return new AgentSettings(
                agreement,
                new SigningDomain(chain.chainId(), chain.feeVault()),
                key,
                plan.terms(),
                plan.tariff(),
                servers,
                spoolFolder,
                spoolLimits,
                journalOption.or(() -> journal),
                AgentSettings.CALL_TIMEOUT);
    }

    /** Begins to count: what the collectors show from now on is this session's. */
    List<Collector> begin(ClientClock clock) throws IOException {
        var collectors = new ArrayList<Collector>();
        for (var source : sources) {
            collectors.add(
                    switch (source) {
                        case Source.Time(int meterId) -> new TimeCollector(meterId, clock);
                        case Source.Network(String name, OptionalInt received, OptionalInt sent) ->
                            new NetworkCollector(name, received, sent, NetworkCollector.kernel(name));
                    });
        }
        return List.copyOf(collectors);
    }
}
