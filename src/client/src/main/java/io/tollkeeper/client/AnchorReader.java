package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.io.IOException;
import java.util.Optional;

/** What a client asks of the chain, through an endpoint of its own: never through the node that it checks. */
public interface AnchorReader {
    /**
     * A checkpoint and where it is said to be on the chain.
     *
     * @param treeSize leaves of the log at the checkpoint
     * @param logIndex index of the event in its block
     */
    record Claim(
            Bytes32 nodeId,
            long epoch,
            long treeSize,
            Bytes32 root,
            long blockNumber,
            Bytes32 blockHash,
            Bytes32 transactionHash,
            int logIndex) {}

    /** Whether a claim holds. */
    enum Verdict {
        /** The event is there, it says what was claimed, and its block is final. */
        ANCHORED,
        /** The block is not final yet, or this endpoint has not seen it. */
        NOT_YET,
        /** There is no such event in that final block. */
        REFUTED
    }

    /**
     * @throws IOException when no endpoint answers; says nothing about the claim
     */
    Verdict check(Claim claim) throws IOException;

    /**
     * Unix second of the newest final block.
     *
     * @throws IOException when no endpoint answers
     */
    long finalBlockTimeSeconds() throws IOException;

    /**
     * Whether {@code key} is the one that was registered for a node's epoch; empty while none is.
     *
     * @throws IOException when no endpoint answers
     */
    Optional<Boolean> isKeyOf(Bytes32 nodeId, long epoch, Address key) throws IOException;
}
