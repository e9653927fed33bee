package io.tollkeeper.e2e;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollkeeper.chain.BlockRef;
import io.tollkeeper.chain.ChainAnchorReader;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.chain.CursorStore;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.chain.Follower;
import io.tollkeeper.chain.FollowerListener;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AnchorRows;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the chain says, read by nobody's node: through an endpoint of the demo's and the tests' own. */
public final class ChainView implements AutoCloseable {
    private final Map<String, String> keys;
    private final ChainConfig config;
    private final ChainEndpoints endpoints;

    private ChainView(Map<String, String> keys) {
        this.keys = Map.copyOf(keys);
        this.config = ChainConfig.from(keys);
        this.endpoints = ChainEndpoints.of(config);
    }

    /** @param chainFile what {@code tollkeeper contracts deploy} wrote */
    static ChainView open(Path chainFile) {
        try {
            return new ChainView(
                    new YAMLMapper().readValue(chainFile.toFile(), new TypeReference<Map<String, String>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The chain's description, as the chart takes it. */
    Map<String, String> keys() {
        return new TreeMap<>(keys);
    }

    public ChainConfig config() {
        return config;
    }

    public ChainEndpoints endpoints() {
        return endpoints;
    }

    public SigningDomain domain() {
        return new SigningDomain(config.chainId(), config.feeVault());
    }

    public UsageAnchorGateway usageAnchor() {
        return new UsageAnchorGateway(endpoints, config.usageAnchor());
    }

    public FeeVaultGateway feeVault() {
        return new FeeVaultGateway(endpoints, config.feeVault());
    }

    public ChainAnchorReader anchorReader() {
        return new ChainAnchorReader(endpoints, config.usageAnchor(), config.finalityDepth());
    }

    /** What was charged of an agreement so far, in base units. */
    public BigInteger charged(Bytes32 agreement) {
        return feeVault()
                .agreement(agreement)
                .map(FeeVaultGateway.AgreementState::charged)
                .orElse(BigInteger.ZERO);
    }

    /** Every final event of our contracts from their deployment on. */
    public List<ChainEvent> events() {
        var all = new ArrayList<ChainEvent>();
        var follower = new Follower(
                endpoints,
                config,
                CursorStore.inMemory(),
                new FollowerListener() {
                    @Override
                    public void finalized(List<ChainEvent> events, BlockRef upTo) {
                        all.addAll(events);
                    }

                    @Override
                    public void finalityBroken(BlockRef to) {
                        throw new IllegalStateException("the development chain replaced final blocks above " + to);
                    }
                },
                Clock.systemUTC());
        Await.untilTrue("all events of the chain are read", java.time.Duration.ofSeconds(20), () -> follower.tick()
                .caughtUp());
        return all;
    }

    /** The charges of an agreement, in order. */
    public List<ChainEvent.Charged> charges(Bytes32 agreement) {
        return events().stream()
                .filter(ChainEvent.Charged.class::isInstance)
                .map(ChainEvent.Charged.class::cast)
                .filter(charged -> charged.agreement().equals(agreement))
                .toList();
    }

    /** Every signed record that anchors in FULL mode put on the chain. */
    public List<SignedRecord> anchoredRows() {
        var rows = new ArrayList<SignedRecord>();
        for (var event : events()) {
            if (event instanceof ChainEvent.Rows published) {
                try {
                    rows.addAll(AnchorRows.decode(published.rows()));
                } catch (MalformedRecordException e) {
                    throw new IllegalStateException("a node anchored rows that cannot be read: " + published, e);
                }
            }
        }
        return rows;
    }

    /** The registration of a node's epoch, if the chain has it. */
    public Optional<ChainEvent.Registered> registration(Bytes32 nodeId, long epoch) {
        return events().stream()
                .filter(ChainEvent.Registered.class::isInstance)
                .map(ChainEvent.Registered.class::cast)
                .filter(registered -> registered.nodeId().equals(nodeId) && registered.epoch() == epoch)
                .findFirst();
    }

    /** Native coin of an account, in wei. */
    public BigInteger balance(Address account) {
        return new BigInteger(
                endpoints
                        .call("eth_getBalance", account.hex(), "latest")
                        .asText()
                        .substring(2),
                16);
    }

    /** Unix second of a block. */
    public long timeOf(long block) {
        var found = endpoints.call("eth_getBlockByNumber", "0x" + Long.toHexString(block), false);
        return Long.parseLong(found.get("timestamp").asText().substring(2), 16);
    }

    @Override
    public void close() {
        endpoints.close();
    }
}
