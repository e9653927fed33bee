package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import java.math.BigInteger;

/** An event of UsageAnchor or FeeVault. Amounts are in base units of the agreement's token. */
public sealed interface ChainEvent {
    /** Where on the chain an event stands. */
    record Location(Address contract, long blockNumber, Bytes32 blockHash, Bytes32 transactionHash, long logIndex) {}

    Location location();

    /** An epoch of a node began; the one before ended in the same transaction. */
    record Registered(
            Location location,
            Bytes32 nodeId,
            long epoch,
            Address signer,
            Bytes32 fleet,
            String namespace,
            String billingNode,
            long index,
            String zone,
            long previousEpoch,
            long previousSize)
            implements ChainEvent {}

    /** An epoch ended. */
    record Fenced(Location location, Bytes32 nodeId, long epoch, long size) implements ChainEvent {}

    /** A checkpoint of a node's log. */
    record Anchored(Location location, Bytes32 nodeId, long epoch, long size, Bytes32 root, Bytes32 dataHash)
            implements ChainEvent {}

    /** The rows that came with a checkpoint in FULL mode. */
    @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; an event is its location
    record Rows(Location location, Bytes32 nodeId, long epoch, long size, byte[] rows) implements ChainEvent {
        public Rows {
            rows = rows.clone();
        }

        @Override
        public byte[] rows() {
            return rows.clone();
        }
    }

    /** A payee offered a plan. */
    record PlanRegistered(Location location, Bytes32 planId, Address payee) implements ChainEvent {}

    /** An agreement began. */
    record Opened(Location location, Bytes32 agreement, Bytes32 planId, Address payer, Address signer, long nonce)
            implements ChainEvent {}

    /** Money was paid in; {@code deposit} is the sum of all that ever was. */
    record Deposited(Location location, Bytes32 agreement, Address from, BigInteger amount, BigInteger deposit)
            implements ChainEvent {}

    /**
     * A record was collected.
     *
     * @param delta what was charged now
     * @param charged the sum of all that ever was
     * @param digest the record's digest
     */
    record Charged(
            Location location,
            Bytes32 agreement,
            BigInteger delta,
            BigInteger charged,
            Bytes32 digest,
            PaymentCondition condition)
            implements ChainEvent {}

    /** Rows of a settlement were skipped; bit {@code i % 8} of byte {@code i / 8} stands for row {@code i}. */
    @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; an event is its location
    record Skipped(Location location, Bytes32 planId, byte[] bitmap) implements ChainEvent {
        public Skipped {
            bitmap = bitmap.clone();
        }

        @Override
        public byte[] bitmap() {
            return bitmap.clone();
        }
    }

    /** A payee took what was collected for him. */
    record CreditsWithdrawn(Location location, Address payee, Address token, Address to, BigInteger amount)
            implements ChainEvent {}
}
