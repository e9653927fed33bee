package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A chain as a program is told of it.
 *
 * @param chainId checked against each endpoint before it is used
 * @param endpoints JSON-RPC over HTTP, in the order of preference
 * @param startBlock block from which events are read: the contracts' deployment
 * @param finalityDepth blocks on top of a block before it counts as final; 0 where finality is instant
 * @param fleet fleet id on UsageAnchor, where the reader of this configuration needs one
 */
public record ChainConfig(
        long chainId,
        List<URI> endpoints,
        Address usageAnchor,
        Address feeVault,
        long startBlock,
        int finalityDepth,
        Optional<Bytes32> fleet) {

    // The names are those of api.node.ChainKeys, which this module may not see.
    private static final String CHAIN_ID = "chainId";
    private static final String ENDPOINTS = "endpoints";
    private static final String USAGE_ANCHOR = "usageAnchor";
    private static final String FEE_VAULT = "feeVault";
    private static final String START_BLOCK = "startBlock";
    private static final String FINALITY_DEPTH = "finalityDepth";
    private static final String FLEET = "fleet";
    private static final int FINALITY_DEPTH_MAX = 1_000_000;

    public ChainConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints is empty");
        }
    }

    /**
     * Reads a configuration. Unknown keys are left alone: the operator keeps some of its own beside these.
     *
     * @throws ChainConfigException with every fault at once
     */
    public static ChainConfig from(Map<String, String> keys) {
        var reader = new Reader(keys);
        var chainId = reader.number(CHAIN_ID, 1, Long.MAX_VALUE);
        var endpoints = reader.endpoints();
        var usageAnchor = reader.address(USAGE_ANCHOR);
        var feeVault = reader.address(FEE_VAULT);
        var startBlock = reader.number(START_BLOCK, 0, Long.MAX_VALUE);
        var finalityDepth = reader.number(FINALITY_DEPTH, 0, FINALITY_DEPTH_MAX);
        var fleet = reader.optionalBytes32(FLEET);
        if (!reader.faults.isEmpty()) {
            throw new ChainConfigException(reader.faults);
        }
        return new ChainConfig(chainId, endpoints, usageAnchor, feeVault, startBlock, (int) finalityDepth, fleet);
    }

    /** The same in the form that {@link #from} reads. */
    public Map<String, String> toKeys() {
        var keys = new java.util.TreeMap<String, String>();
        keys.put(CHAIN_ID, Long.toString(chainId));
        keys.put(
                ENDPOINTS,
                String.join(",", endpoints.stream().map(URI::toString).toList()));
        keys.put(USAGE_ANCHOR, usageAnchor.hex());
        keys.put(FEE_VAULT, feeVault.hex());
        keys.put(START_BLOCK, Long.toString(startBlock));
        keys.put(FINALITY_DEPTH, Integer.toString(finalityDepth));
        fleet.ifPresent(id -> keys.put(FLEET, id.hex()));
        return keys;
    }

    /** Parses comma-separated endpoint URLs; a fault is an {@link IllegalArgumentException} that names it. */
    public static List<URI> parseEndpoints(String commaSeparated) {
        var endpoints = new ArrayList<URI>();
        for (var text : commaSeparated.split(",", -1)) {
            if (!text.isBlank()) {
                endpoints.add(parseEndpoint(text.strip()));
            }
        }
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("expected at least one URL, got none");
        }
        return List.copyOf(endpoints);
    }

    private static URI parseEndpoint(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("expected a URL, got \"" + text + "\"");
        }
        var http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new IllegalArgumentException("expected http://… or https://…, got \"" + text + "\"");
        }
        return uri;
    }

    private static final class Reader {
        private final Map<String, String> keys;
        private final List<String> faults = new ArrayList<>();

        Reader(Map<String, String> keys) {
            this.keys = keys;
        }

        private Optional<String> text(String key) {
            return Optional.ofNullable(keys.get(key)).map(String::strip).filter(value -> !value.isEmpty());
        }

        private Optional<String> required(String key) {
            var value = text(key);
            if (value.isEmpty()) {
                faults.add(key + ": is missing");
            }
            return value;
        }

        long number(String key, long least, long most) {
            var text = required(key);
            if (text.isEmpty()) {
                return least;
            }
            try {
                var value = Long.parseLong(text.get());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // the fault below says it
            }
            var upTo = most == Long.MAX_VALUE ? "" : " and at most " + most;
            faults.add(
                    key + ": expected a decimal number of at least " + least + upTo + ", got \"" + text.get() + "\"");
            return least;
        }

        List<URI> endpoints() {
            var text = required(ENDPOINTS);
            if (text.isEmpty()) {
                return List.of();
            }
            try {
                return parseEndpoints(text.get());
            } catch (IllegalArgumentException fault) {
                faults.add(ENDPOINTS + ": " + fault.getMessage());
                return List.of();
            }
        }

        Address address(String key) {
            var text = required(key);
            if (text.isEmpty()) {
                return Address.ZERO;
            }
            try {
                var address = Address.fromHex(text.get());
                if (!address.equals(Address.ZERO)) {
                    return address;
                }
            } catch (RuntimeException _) {
                // the fault below says it
            }
            faults.add(key + ": expected an address of 20 bytes in hex and not zero, got \"" + text.get() + "\"");
            return Address.ZERO;
        }

        Optional<Bytes32> optionalBytes32(String key) {
            try {
                return text(key).map(Bytes32::fromHex);
            } catch (RuntimeException _) {
                faults.add(key + ": expected 32 bytes in hex, got \"" + keys.get(key) + "\"");
                return Optional.empty();
            }
        }
    }
}
