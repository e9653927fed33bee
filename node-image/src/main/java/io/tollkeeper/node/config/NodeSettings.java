package io.tollkeeper.node.config;

import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * All that a node is told. Read once, at start, by {@link SettingsReader}.
 *
 * @param nodeId this node on the chain, of fleet, namespace, BillingNode and index
 * @param key the epoch's key
 * @param plans the only plans that this node serves, by plan id
 * @param lease absent: no Kubernetes, no heartbeat
 */
public record NodeSettings(
        String namespace,
        String billingNode,
        String nodeName,
        int index,
        long epoch,
        Bytes32 nodeId,
        SignerKey key,
        Path dataDir,
        ChainConfig chain,
        SigningDomain domain,
        Map<Bytes32, ServedPlan> plans,
        AnchorSettings anchor,
        Duration drainDeadline,
        Optional<LeaseSettings> lease) {

    public NodeSettings {
        plans = Map.copyOf(plans);
    }

    /** How records reach the chain. */
    public record AnchorSettings(Mode mode, Duration interval, Duration promise) {
        /** FULL writes the newest record of each touched agreement beside the root, DIGEST the root only. */
        public enum Mode {
            FULL,
            DIGEST
        }
    }

    /**
     * The Lease by which the operator sees that this node lives.
     *
     * @param holder this pod's name
     */
    public record LeaseSettings(String name, String holder, Duration renewInterval, Duration duration) {}

    /** Age of the chain's view from which on records are refused: half the shortest withdrawal delay of the plans. */
    public Duration viewAgeMax() {
        return plans.values().stream()
                .map(plan -> Duration.ofSeconds(plan.terms().withdrawDelay()).dividedBy(2))
                .min(Duration::compareTo)
                .orElseThrow();
    }
}
