package io.tollkeeper.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollkeeper.chain.ChainAccess;
import io.tollkeeper.chain.ChainAnchorReader;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.ChainException;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.client.AnchorReader;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** The chain as a client asks it: through the customer's own endpoints. */
final class ChainAnchors implements AnchorReader {
    private final ChainEndpoints endpoints;
    private final ChainAnchorReader reader;
    private final UsageAnchorGateway anchors;
    private final int finalityDepth;

    ChainAnchors(ChainEndpoints endpoints, ChainConfig config) {
        this.endpoints = endpoints;
        ChainAccess access = endpoints;
        this.reader = new ChainAnchorReader(access, config.usageAnchor(), config.finalityDepth());
        this.anchors = new UsageAnchorGateway(access, config.usageAnchor());
        this.finalityDepth = config.finalityDepth();
    }

    @Override
    public Verdict check(Claim claim) throws IOException {
        var verdict = asking(() -> reader.verify(new ChainAnchorReader.Claim(
                claim.nodeId(),
                claim.epoch(),
                claim.treeSize(),
                claim.root(),
                claim.blockNumber(),
                claim.blockHash(),
                claim.transactionHash(),
                claim.logIndex())));
        return switch (verdict) {
            case ChainAnchorReader.Verdict.Anchored _ -> Verdict.ANCHORED;
            case ChainAnchorReader.Verdict.NotFinal _, ChainAnchorReader.Verdict.NotYet _ -> Verdict.NOT_YET;
            case ChainAnchorReader.Verdict.Wrong _ -> Verdict.REFUTED;
        };
    }

    @Override
    public long finalBlockTimeSeconds() throws IOException {
        return asking(() -> {
            var head = number(endpoints.call("eth_blockNumber"));
            var last = Math.max(0, head - finalityDepth);
            var block = endpoints.call("eth_getBlockByNumber", "0x" + Long.toHexString(last), false);
            return number(block.path("timestamp"));
        });
    }

    @Override
    public Optional<Boolean> isKeyOf(Bytes32 nodeId, long epoch, Address key) throws IOException {
        return asking(() -> {
            if (anchors.log(nodeId, epoch, key).isPresent()) {
                return Optional.of(true);
            }
            var registered = anchors.node(nodeId).filter(node -> node.epoch() >= epoch);
            return registered.map(_ -> false);
        });
    }

    private static long number(JsonNode hex) {
        return Long.decode(hex.asText());
    }

    private static <T> T asking(Supplier<T> question) throws IOException {
        try {
            return question.get();
        } catch (ChainException failure) {
            throw new IOException(failure.getMessage(), failure);
        } catch (NumberFormatException malformed) {
            throw new IOException("expected a number from the chain, actual: " + malformed.getMessage(), malformed);
        }
    }
}
