package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainCall;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxPolicy;
import io.tollkeeper.chain.OutboxState;
import io.tollkeeper.chain.OutboxStore;
import io.tollkeeper.chain.TxReceipt;
import io.tollkeeper.protocol.SignerKey;
import java.time.Clock;
import java.time.Duration;

/** Transactions of one key, each waited for until it is final. */
final class Provider {
    private final Outbox outbox;
    private final Duration patience;

    Provider(ChainEndpoints chain, SignerKey key, int finalityDepth, Duration patience) {
        this.outbox = new Outbox(
                OutboxStore.inMemory(), key, chain, OutboxPolicy.withFinalityDepth(finalityDepth), Clock.systemUTC());
        this.patience = patience;
    }

    TxReceipt send(String what, ChainCall call) throws ChainRefusedException, InterruptedException {
        var id = outbox.submit(what, call);
        return switch (outbox.await(id, patience)) {
            case OutboxState.Final(TxReceipt receipt) -> receipt;
            case OutboxState.Reverted reverted ->
                throw new ChainRefusedException(
                        what, "a contract that agrees", reverted.reason().toString());
            case OutboxState.Refused(String why) ->
                throw new ChainRefusedException(what, "an endpoint that takes it", why);
            case OutboxState.Queued queued ->
                throw late(what, queued.waitingFor().orElse("not sent"));
            case OutboxState.Sent sent ->
                throw late(
                        what,
                        "sent as " + sent.hashes()
                                + sent.trouble().map(it -> ", " + it).orElse(""));
            case OutboxState.Mined(TxReceipt receipt) ->
                throw late(what, "in block " + receipt.blockNumber() + ", not final");
        };
    }

    private ChainRefusedException late(String what, String actual) {
        return new ChainRefusedException(what, "final within " + patience.toSeconds() + " s", actual);
    }
}
