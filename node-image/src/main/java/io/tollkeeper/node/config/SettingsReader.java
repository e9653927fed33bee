package io.tollkeeper.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.api.node.NodeEnvironment;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainConfigException;
import io.tollkeeper.node.config.NodeSettings.AnchorSettings;
import io.tollkeeper.node.config.NodeSettings.LeaseSettings;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PlanDocumentException;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.rating.Tariff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the environment (names: {@link NodeEnvironment}) and the files it points to. A fault does not end the reading:
 * whoever configures a node sees all of them at once.
 */
public final class SettingsReader {
    /** Time between two blocks where the chain's description does not say: that of Ethereum, slower than most. */
    private static final Duration BLOCK_TIME = Duration.ofSeconds(12);

    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, String> environment;
    private final List<String> faults = new ArrayList<>();

    private SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    public static NodeSettings read(Map<String, String> environment) throws SettingsException {
        return new SettingsReader(environment).read();
    }

    private NodeSettings read() throws SettingsException {
        String namespace = text(NodeEnvironment.NAMESPACE);
        String billingNode = text(NodeEnvironment.BILLING_NODE);
        String nodeName = text(NodeEnvironment.NODE_NAME);
        int index = (int) number(NodeEnvironment.NODE_INDEX, 0, Integer.MAX_VALUE);
        long epoch = number(NodeEnvironment.EPOCH, 1, Long.MAX_VALUE);
        Optional<SignerKey> key = key();
        Path dataDir = dataDir();
        Map<String, String> chainKeys = chainKeys();
        Optional<ChainConfig> chain = chain(chainKeys);
        AnchorSettings anchor = new AnchorSettings(
                anchorMode(), duration(NodeEnvironment.ANCHOR_INTERVAL), duration(NodeEnvironment.ANCHOR_PROMISE));
        Duration drainDeadline = duration(NodeEnvironment.DRAIN_DEADLINE);
        Optional<LeaseSettings> lease = lease();
        Map<Bytes32, ServedPlan> plans = plans();
        chain.ifPresent(config -> checkPromise(plans, anchor, finalityLag(config, chainKeys)));
        if (!faults.isEmpty()) {
            throw new SettingsException(faults);
        }
        ChainConfig config = chain.orElseThrow();
        return new NodeSettings(
                namespace,
                billingNode,
                nodeName,
                index,
                epoch,
                AgreementIds.nodeId(config.fleet().orElseThrow(), namespace, billingNode, index),
                key.orElseThrow(),
                dataDir,
                config,
                domain(config),
                plans,
                anchor,
                drainDeadline,
                lease);
    }

    private static SigningDomain domain(ChainConfig chain) {
        return new SigningDomain(chain.chainId(), chain.feeVault());
    }

    private Optional<SignerKey> key() {
        return file(NodeEnvironment.KEY_FILE).flatMap(path -> {
            try {
                return Optional.of(SignerKey.fromHex(Files.readString(path).strip()));
            } catch (IOException | RuntimeException _) {
                // What is wrong with it stays unsaid: a message must never carry a piece of a key.
                return fault(NodeEnvironment.KEY_FILE, "expected 32 bytes in hex in " + path);
            }
        });
    }

    private Path dataDir() {
        String text = text(NodeEnvironment.DATA_DIR);
        Path path = Path.of(text.isEmpty() ? "." : text);
        try {
            Files.createDirectories(path);
            if (!Files.isWritable(path)) {
                fault(NodeEnvironment.DATA_DIR, path + " cannot be written to");
            }
        } catch (IOException e) {
            fault(NodeEnvironment.DATA_DIR, path + " cannot be made: " + e);
        }
        return path;
    }

    private AnchorSettings.Mode anchorMode() {
        String text = text(NodeEnvironment.ANCHOR_MODE);
        for (AnchorSettings.Mode mode : AnchorSettings.Mode.values()) {
            if (mode.name().equals(text)) {
                return mode;
            }
        }
        if (!text.isEmpty()) {
            fault(NodeEnvironment.ANCHOR_MODE, "expected FULL or DIGEST, got " + text);
        }
        return AnchorSettings.Mode.FULL;
    }

    /** A node without a Lease's name has no Kubernetes round it, and no heartbeat. */
    private Optional<LeaseSettings> lease() {
        if (!isSet(NodeEnvironment.LEASE_NAME)) {
            return Optional.empty();
        }
        Duration renew = duration(NodeEnvironment.LEASE_RENEW_INTERVAL);
        Duration duration = duration(NodeEnvironment.LEASE_DURATION);
        if (duration.compareTo(renew.multipliedBy(2)) < 0) {
            fault(
                    NodeEnvironment.LEASE_DURATION,
                    "expected at least twice the renew interval of " + renew + ", got " + duration);
        }
        return Optional.of(
                new LeaseSettings(text(NodeEnvironment.LEASE_NAME), text(NodeEnvironment.POD_NAME), renew, duration));
    }

    private Map<String, String> chainKeys() {
        Map<String, String> keys = new HashMap<>();
        for (Path path : regularFiles(NodeEnvironment.CHAIN_DIR)) {
            try {
                keys.put(path.getFileName().toString(), Files.readString(path).strip());
            } catch (IOException e) {
                fault(NodeEnvironment.CHAIN_DIR, path + " cannot be read: " + e);
            }
        }
        return keys;
    }

    private Optional<ChainConfig> chain(Map<String, String> keys) {
        if (!isSet(NodeEnvironment.CHAIN_DIR)) {
            return Optional.empty();
        }
        try {
            ChainConfig config = ChainConfig.from(keys);
            return config.fleet().isPresent()
                    ? Optional.of(config)
                    : fault(NodeEnvironment.CHAIN_DIR, ChainKeys.FLEET + ": is missing");
        } catch (ChainConfigException e) {
            e.faults().forEach(each -> fault(NodeEnvironment.CHAIN_DIR, each));
            return Optional.empty();
        }
    }

    private Duration finalityLag(ChainConfig config, Map<String, String> keys) {
        String blockTime = keys.get(ChainKeys.BLOCK_TIME);
        if (blockTime == null) {
            return BLOCK_TIME.multipliedBy(config.finalityDepth());
        }
        Optional<Duration> parsed = Durations.parse(blockTime);
        if (parsed.isEmpty()) {
            fault(
                    NodeEnvironment.CHAIN_DIR,
                    ChainKeys.BLOCK_TIME + ": expected a duration such as 12s, got " + blockTime);
        }
        return parsed.orElse(BLOCK_TIME).multipliedBy(config.finalityDepth());
    }

    private Map<Bytes32, ServedPlan> plans() {
        Map<Bytes32, ServedPlan> plans = new HashMap<>();
        List<Path> files = regularFiles(NodeEnvironment.PLANS_DIR);
        if (files.isEmpty() && isSet(NodeEnvironment.PLANS_DIR)) {
            fault(NodeEnvironment.PLANS_DIR, "expected at least one plan document, found none");
        }
        for (Path path : files) {
            try {
                JsonNode document = YAML.readTree(path.toFile());
                Tariff tariff = Tariff.fromDocument(document);
                PlanTerms terms = PlanTerms.fromDocument(document, Bytes32.of(tariff.hash()));
                plans.put(terms.planId(), new ServedPlan(terms.planId(), terms, tariff));
            } catch (PlanDocumentException e) {
                e.faults().forEach(each -> fault(NodeEnvironment.PLANS_DIR, path.getFileName() + ": " + each));
            } catch (JsonProcessingException e) {
                fault(NodeEnvironment.PLANS_DIR, path.getFileName() + ": " + e.getOriginalMessage());
            } catch (IOException | RuntimeException e) {
                fault(NodeEnvironment.PLANS_DIR, path.getFileName() + ": " + e.getMessage());
            }
        }
        return plans;
    }

    /** A payer who asks for his money back gets it after withdrawDelay: by then his records must have been settled. */
    private void checkPromise(Map<Bytes32, ServedPlan> plans, AnchorSettings anchor, Duration finality) {
        Duration needed = anchor.interval().plus(finality).plus(KeeperDelay.MAX);
        for (ServedPlan plan : plans.values()) {
            Duration half = Duration.ofSeconds(plan.terms().withdrawDelay()).dividedBy(2);
            if (half.compareTo(needed) <= 0) {
                fault(
                        NodeEnvironment.PLANS_DIR,
                        "plan " + plan.planId().hex() + ": expected half of withdrawDelay above "
                                + needed.toSeconds() + "s (anchor interval "
                                + anchor.interval().toSeconds()
                                + "s + finality " + finality.toSeconds() + "s + keeper " + KeeperDelay.MAX.toSeconds()
                                + "s), got " + half.toSeconds() + "s");
            }
        }
    }

    private boolean isSet(String name) {
        return !environment.getOrDefault(name, "").isBlank();
    }

    private String text(String name) {
        if (!isSet(name)) {
            fault(name, "is missing");
            return "";
        }
        return environment.getOrDefault(name, "").strip();
    }

    private long number(String name, long least, long most) {
        String text = text(name);
        if (text.isEmpty()) {
            return least;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException _) {
            // the fault below says it
        }
        fault(name, "expected a decimal number of at least " + least + ", got " + text);
        return least;
    }

    private Duration duration(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        Optional<Duration> parsed = Durations.parse(text).filter(value -> !value.isZero());
        if (parsed.isEmpty()) {
            fault(name, "expected a number and a unit (ms, s, m, h), such as 10s, got " + text);
        }
        return parsed.orElse(Duration.ZERO);
    }

    private Optional<Path> file(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Path path = Path.of(text);
        return Files.isRegularFile(path) ? Optional.of(path) : fault(name, path + " is not a file");
    }

    /** Files of a folder, by name; what a mounted ConfigMap keeps for itself begins with a dot. */
    private List<Path> regularFiles(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return List.of();
        }
        Path folder = Path.of(text);
        if (!Files.isDirectory(folder)) {
            fault(name, folder + " is not a folder");
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            fault(name, folder + " cannot be read: " + e);
            return List.of();
        }
    }

    private <T> Optional<T> fault(String name, String words) {
        faults.add(name + ": " + words);
        return Optional.empty();
    }
}
