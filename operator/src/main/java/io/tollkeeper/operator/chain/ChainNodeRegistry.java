package io.tollkeeper.operator.chain;

import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.chain.ChainCall;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxPolicy;
import io.tollkeeper.chain.OutboxState;
import io.tollkeeper.chain.OutboxStore;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * UsageAnchor's registry through the NODE_ADMIN key. The outbox is in memory: what a killed operator had sent either
 * comes to the chain, where the next look finds it, or is sent again, which changes nothing.
 */
final class ChainNodeRegistry implements NodeRegistry {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofMillis(250);

    private final ChainEndpoints endpoints;
    private final UsageAnchorGateway anchor;
    private final Outbox outbox;
    private final Bytes32 fleet;
    private final GasMoney gas;
    private final Clock clock;
    private final AtomicLong topUps = new AtomicLong();

    ChainNodeRegistry(Map<String, String> keys, String adminKey, Clock clock) {
        ChainConfig config = ChainConfig.from(keys);
        this.fleet = config.fleet()
                .orElseThrow(
                        () -> new IllegalArgumentException(ChainKeys.FLEET + ": expected bytes32 in hex, got none"));
        this.gas = GasMoney.from(keys);
        this.endpoints = ChainEndpoints.of(config);
        this.anchor = new UsageAnchorGateway(endpoints, config.usageAnchor());
        this.outbox = new Outbox(
                OutboxStore.inMemory(),
                SignerKey.fromHex(adminKey),
                endpoints,
                OutboxPolicy.withFinalityDepth(config.finalityDepth()),
                clock);
        this.clock = clock;
    }

    @Override
    public String nodeId(NodeName node) {
        return name(node).nodeId().hex();
    }

    @Override
    public Optional<Entry> read(NodeName node) {
        return anchor.node(name(node).nodeId())
                .map(state -> new Entry(state.epoch(), state.signer().hex(), state.active(), state.registeredBlock()));
    }

    @Override
    public void register(NodeName node, long epoch, String signer, String zone) throws Exception {
        ChainCall call = anchor.register(name(node), epoch, Address.fromHex(signer), zone, gas.first());
        run("register/" + nodeId(node) + "/" + epoch + "/" + signer + "/" + zone, call);
    }

    @Override
    public void fence(NodeName node, long epoch) throws Exception {
        run("fence/" + nodeId(node) + "/" + epoch, anchor.fence(name(node), epoch));
    }

    @Override
    public BigInteger balance(String address) {
        String hex = endpoints.call("eth_getBalance", address, "latest").asText();
        return new BigInteger(hex.substring(2), 16);
    }

    @Override
    public BigInteger adminBalance() {
        return balance(outbox.address().hex());
    }

    @Override
    public BigInteger topUp(String signer) throws Exception {
        BigInteger has = balance(signer);
        if (has.compareTo(gas.low()) >= 0) {
            return has;
        }
        BigInteger missing = gas.target().subtract(has);
        run("topUp/" + signer + "/" + topUps.incrementAndGet(), ChainCall.transfer(Address.fromHex(signer), missing));
        return balance(signer);
    }

    @Override
    public boolean canFund(BigInteger balance, int registrations) {
        return balance.compareTo(gas.first().multiply(BigInteger.valueOf(registrations))) >= 0;
    }

    /** Brings a call into a block. One that did not come through stays in the outbox, and is met there again. */
    private void run(String key, ChainCall call) throws IOException, InterruptedException {
        long id = outbox.submit(key, call);
        boolean failedForGood =
                switch (outbox.state(id)) {
                    case OutboxState.Reverted reverted -> reverted.isFinal();
                    case OutboxState.Refused _ -> true;
                    case OutboxState.Queued _, OutboxState.Sent _, OutboxState.Mined _, OutboxState.Final _ -> false;
                };
        if (failedForGood) {
            outbox.retry(id);
        }
        Instant deadline = clock.instant().plus(PATIENCE);
        while (true) {
            Optional<String> trouble = outbox.tick().trouble();
            switch (outbox.state(id)) {
                case OutboxState.Mined _, OutboxState.Final _ -> {
                    return;
                }
                case OutboxState.Reverted(var reason, var _, boolean _) ->
                    throw new IOException(key + ": the contract refuses: " + reason);
                case OutboxState.Refused(String why) -> throw new IOException(key + ": " + why);
                case OutboxState.Queued(Optional<String> waitingFor) ->
                    giveUpAfter(deadline, key, waitingFor.or(() -> trouble));
                case OutboxState.Sent(long _, var _, Optional<String> against) ->
                    giveUpAfter(deadline, key, against.or(() -> trouble));
            }
            Thread.sleep(TICK);
        }
    }

    private void giveUpAfter(Instant deadline, String key, Optional<String> trouble) throws IOException {
        if (!clock.instant().isBefore(deadline)) {
            throw new IOException(key + ": not in a block yet"
                    + trouble.map(why -> ": " + why).orElse(""));
        }
    }

    private UsageAnchorGateway.NodeName name(NodeName node) {
        return new UsageAnchorGateway.NodeName(fleet, node.namespace(), node.billingNode(), node.index());
    }

    @Override
    public void close() {
        endpoints.close();
    }
}
