package io.tollkeeper.chain;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One call on its way to the chain, as it is persisted.
 *
 * @param key the caller's own name for it; two submits with one key are one call
 * @param gasLimit as the caller gave it; empty: estimated
 */
record OutboxRow(long id, String key, ChainCall call, OptionalLong gasLimit, Stage stage) {
    /** How far it has come. */
    sealed interface Stage {
        /** It has no nonce. */
        record Waiting() implements Stage {}

        /** It has a nonce and signed bytes. */
        record Signed(long nonce, List<Attempt> attempts) implements Stage {
            public Signed {
                attempts = List.copyOf(attempts);
                if (attempts.isEmpty()) {
                    throw new IllegalArgumentException("attempts is empty");
                }
            }

            Attempt newest() {
                return attempts.getLast();
            }
        }

        /**
         * One of its attempts is in a block.
         *
         * @param winner the attempt that was mined
         * @param reason why the contract refused, when it did
         */
        record InBlock(Signed signed, Attempt winner, TxReceipt receipt, Optional<RevertReason> reason)
                implements Stage {}

        /** Nothing will change any more; the signed bytes are dropped. */
        record Settled(OptionalLong nonce, Outcome outcome, Instant at) implements Stage {}
    }

    /** How it ended. */
    sealed interface Outcome {
        record Succeeded(TxReceipt receipt) implements Outcome {}

        record Reverted(RevertReason reason, Optional<TxReceipt> receipt) implements Outcome {}

        record Refused(String why) implements Outcome {}
    }

    OutboxRow {
        requireNonNull(key, "key is null");
        requireNonNull(call, "call is null");
        requireNonNull(stage, "stage is null");
    }

    OutboxRow at(Stage next) {
        return new OutboxRow(id, key, call, gasLimit, next);
    }

    OutboxRow settled(Outcome outcome, Instant at) {
        return at(new Stage.Settled(nonce(), outcome, at));
    }

    OptionalLong nonce() {
        return switch (stage) {
            case Stage.Waiting _ -> OptionalLong.empty();
            case Stage.Signed signed -> OptionalLong.of(signed.nonce());
            case Stage.InBlock inBlock -> OptionalLong.of(inBlock.signed().nonce());
            case Stage.Settled settled -> settled.nonce();
        };
    }
}
