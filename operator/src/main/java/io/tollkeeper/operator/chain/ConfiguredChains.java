package io.tollkeeper.operator.chain;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.operator.observe.World.Obstacle;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Chains from ConfigMaps and Secrets of the operator's namespace. {@link #refresh} reads them; who may create a
 * BillingNode can name one of these and nothing else.
 */
public final class ConfiguredChains implements Chains, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ConfiguredChains.class);

    /** How long a registry lives before its Secret is read again: a rotated key is taken up. */
    private static final Duration SECRET_TRUST = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;
    private final Map<String, Map<String, String>> chains = new ConcurrentHashMap<>();
    private final Map<String, Open> open = new ConcurrentHashMap<>();
    private final Map<String, String> faults = new ConcurrentHashMap<>();

    private record Open(Map<String, String> keys, String adminKey, NodeRegistry registry, Instant checkedAt) {}

    public ConfiguredChains(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** Reads the ConfigMaps; true when anything changed. */
    public boolean refresh() {
        Map<String, Map<String, String>> found =
                client.configMaps().inNamespace(namespace).withLabel(ChainKeys.LABEL).list().getItems().stream()
                        .collect(java.util.stream.Collectors.toMap(
                                map -> map.getMetadata().getLabels().get(ChainKeys.LABEL),
                                ConfiguredChains::data,
                                (one, _) -> one));
        if (found.equals(chains)) {
            return false;
        }
        chains.keySet().retainAll(found.keySet());
        chains.putAll(found);
        faults.clear();
        return true;
    }

    private static Map<String, String> data(ConfigMap map) {
        return Optional.ofNullable(map.getData()).map(Map::copyOf).orElse(Map.of());
    }

    public java.util.Set<String> names() {
        return java.util.Set.copyOf(chains.keySet());
    }

    @Override
    public Optional<Map<String, String>> keys(String chain) {
        return Optional.ofNullable(chains.get(chain));
    }

    @Override
    public Optional<Obstacle> obstacle(String chain) {
        if (!chains.containsKey(chain)) {
            return Optional.of(new Obstacle(
                    "ChainUnknown",
                    "no ConfigMap labelled " + ChainKeys.LABEL + "=" + chain + " in the operator's namespace "
                            + namespace));
        }
        return Optional.ofNullable(faults.get(chain)).map(fault -> new Obstacle("ChainUnusable", fault));
    }

    @Override
    public synchronized Optional<NodeRegistry> registry(String chain) {
        Map<String, String> keys = chains.get(chain);
        if (keys == null) {
            return Optional.empty();
        }
        Optional<Open> same = Optional.ofNullable(open.get(chain))
                .filter(before -> before.keys().equals(keys));
        if (same.isPresent() && clock.instant().isBefore(same.get().checkedAt().plus(SECRET_TRUST))) {
            return Optional.of(same.get().registry());
        }
        try {
            String adminKey = adminKey(keys);
            // Another one is not closed: a call of another thread may still be on its way through it.
            NodeRegistry registry = same.filter(before -> before.adminKey().equals(adminKey))
                    .map(Open::registry)
                    .orElseGet(() -> new ChainNodeRegistry(keys, adminKey, clock));
            open.put(chain, new Open(keys, adminKey, registry, clock.instant()));
            faults.remove(chain);
            return Optional.of(registry);
        } catch (RuntimeException e) {
            if (same.isPresent()) {
                return Optional.of(same.get().registry());
            }
            LOG.errorf("chain %s: %s", chain, e.getMessage());
            faults.put(chain, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private String adminKey(Map<String, String> keys) {
        String name = Optional.ofNullable(keys.get(ChainKeys.ADMIN_SECRET))
                .orElseThrow(() -> new IllegalArgumentException(
                        ChainKeys.ADMIN_SECRET + ": expected the name of a Secret, got none"));
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        String encoded = Optional.ofNullable(secret)
                .map(Secret::getData)
                .map(data -> data.get(ChainKeys.ADMIN_SECRET_KEY))
                .orElseThrow(() -> new IllegalArgumentException(
                        "Secret " + name + ": expected a key \"" + ChainKeys.ADMIN_SECRET_KEY + "\", got none"));
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII).strip();
    }

    @Override
    public void close() {
        open.values().stream()
                .map((Function<Open, NodeRegistry>) Open::registry)
                .forEach(NodeRegistry::close);
    }
}
