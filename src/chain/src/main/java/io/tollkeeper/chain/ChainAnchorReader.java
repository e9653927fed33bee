package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.util.List;

/**
 * Verifies, through an endpoint of the asker's own, that a checkpoint is where somebody says it is on the chain. It
 * trusts nothing of the claim: the event is looked up by block, compared field by field, and its block must be final.
 */
public final class ChainAnchorReader {
    private final ChainAccess chain;
    private final Address usageAnchor;
    private final int finalityDepth;

    public ChainAnchorReader(ChainAccess chain, Address usageAnchor, int finalityDepth) {
        this.chain = chain;
        this.usageAnchor = usageAnchor;
        this.finalityDepth = finalityDepth;
    }

    /** That this checkpoint of this node's epoch is anchored by the log {@code logIndex} of this block. */
    public record Claim(
            Bytes32 nodeId,
            long epoch,
            long size,
            Bytes32 root,
            long blockNumber,
            Bytes32 blockHash,
            Bytes32 transactionHash,
            long logIndex) {}

    /** What the chain says to a claim. */
    public sealed interface Verdict {
        /** It is so, and final. {@code chainTime} of the block is when it was anchored. */
        record Anchored(BlockRef block) implements Verdict {}

        /** It is so, in a block that may still be replaced. */
        record NotFinal(BlockRef block, long head) implements Verdict {}

        /** The endpoint has not reached that block: ask again later. */
        record NotYet(long head) implements Verdict {}

        /** The chain says something else. */
        record Wrong(String expected, String actual) implements Verdict {}
    }

    /** @throws ChainUnavailableException when no endpoint answers */
    public Verdict verify(Claim claim) {
        return chain.read(rpc -> verify(rpc, claim));
    }

    private Verdict verify(Rpc rpc, Claim claim) {
        var head = ChainReads.head(rpc);
        if (claim.blockNumber() > head.number()) {
            return new Verdict.NotYet(head.number());
        }
        var block = ChainReads.block(rpc, claim.blockNumber());
        if (block.isEmpty()) {
            return new Verdict.NotYet(head.number());
        }
        if (!block.get().hash().equals(claim.blockHash())) {
            return new Verdict.Wrong(
                    "block " + claim.blockNumber() + " is " + claim.blockHash().hex(),
                    block.get().hash().hex());
        }
        var logs = ChainReads.logs(rpc, List.of(usageAnchor), List.of(), claim.blockNumber(), claim.blockNumber());
        var found =
                logs.stream().filter(log -> log.logIndex() == claim.logIndex()).findFirst();
        if (found.isEmpty()) {
            return new Verdict.Wrong(
                    "an event of " + usageAnchor.hex() + " at log index " + claim.logIndex(), "none there");
        }
        var difference = difference(claim, found.get());
        if (!difference.isEmpty()) {
            return new Verdict.Wrong(expected(claim), difference);
        }
        return block.get().number() + finalityDepth <= head.number()
                ? new Verdict.Anchored(block.get())
                : new Verdict.NotFinal(block.get(), head.number());
    }

    private String difference(Claim claim, ChainLog log) {
        if (!log.contract().equals(usageAnchor)) {
            return "an event of " + log.contract().hex();
        }
        if (!log.blockHash().equals(claim.blockHash())) {
            return "an event of block " + log.blockHash().hex();
        }
        if (!(ChainEventDecoder.decode(log).orElse(null) instanceof ChainEvent.Anchored anchored)) {
            return "another event";
        }
        var same = anchored.nodeId().equals(claim.nodeId())
                && anchored.epoch() == claim.epoch()
                && anchored.size() == claim.size()
                && anchored.root().equals(claim.root())
                && log.transactionHash().equals(claim.transactionHash());
        return same ? "" : anchored.toString();
    }

    private static String expected(Claim claim) {
        return "Anchored with node " + claim.nodeId().hex() + ", epoch " + claim.epoch() + ", size " + claim.size()
                + ", root " + claim.root().hex() + ", transaction "
                + claim.transactionHash().hex();
    }
}
