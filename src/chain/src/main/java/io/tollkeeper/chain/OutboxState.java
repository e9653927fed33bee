package io.tollkeeper.chain;

import io.tollkeeper.protocol.Bytes32;
import java.util.List;
import java.util.Optional;

/** What became of a call that was handed to the {@link Outbox}. */
public sealed interface OutboxState {
    /**
     * No nonce yet: nothing of it is on its way.
     *
     * @param waitingFor what it waits for, in words (funds, an earlier call, the chain)
     */
    record Queued(Optional<String> waitingFor) implements OutboxState {}

    /**
     * Signed, persisted, sent or about to be; in no block as far as we see.
     *
     * @param hashes every hash under which it may be mined, oldest first
     * @param trouble what endpoints say against it, in words
     */
    record Sent(long nonce, List<Bytes32> hashes, Optional<String> trouble) implements OutboxState {
        public Sent {
            hashes = List.copyOf(hashes);
        }
    }

    /** In a block that may still be replaced. */
    record Mined(TxReceipt receipt) implements OutboxState {}

    /** In a final block, with success. */
    record Final(TxReceipt receipt) implements OutboxState {}

    /**
     * The contract refused it.
     *
     * @param receipt empty: the simulation before sending showed it, no gas and no nonce was spent
     * @param isFinal it stays so; only then {@link Outbox#retry} takes it
     */
    record Reverted(RevertReason reason, Optional<TxReceipt> receipt, boolean isFinal) implements OutboxState {}

    /** Every endpoint refused it for good; its nonce, if it had one, went to a transaction that does nothing. */
    record Refused(String why) implements OutboxState {}

    /** Nothing will change by itself any more. */
    default boolean isSettled() {
        return switch (this) {
            case Queued _, Sent _, Mined _ -> false;
            case Final _, Refused _ -> true;
            case Reverted reverted -> reverted.isFinal();
        };
    }
}
