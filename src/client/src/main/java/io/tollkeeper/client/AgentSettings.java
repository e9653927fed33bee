package io.tollkeeper.client;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.rating.Tariff;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an agent works with.
 *
 * @param servers URLs of the billing nodes, in order of preference
 * @param spoolFolder where the spool, the states of the servers and the status file are; one agreement's own
 * @param journal where the journal goes, if one is kept
 * @param callTimeout of a call to a node
 */
public record AgentSettings(
        Bytes32 agreement,
        SigningDomain domain,
        SignerKey key,
        PlanTerms plan,
        Tariff tariff,
        List<String> servers,
        Path spoolFolder,
        Spool.Limits spoolLimits,
        Optional<Path> journal,
        Duration callTimeout) {
    /** One time-out for every call: 2 s. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

    public AgentSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("expected at least one server, actual none");
        }
    }
}
