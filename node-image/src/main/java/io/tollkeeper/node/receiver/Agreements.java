package io.tollkeeper.node.receiver;

import io.tollkeeper.node.rules.Lookup;
import io.tollkeeper.protocol.Bytes32;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is known of agreements, and how to learn of one that is not. */
public interface Agreements {
    /** What is known here and now. Quick. */
    Optional<Lookup.Found> known(Bytes32 agreement);

    /** Asks the chain; the future ends within some seconds, never exceptionally. */
    CompletableFuture<Lookup> ask(Bytes32 agreement);
}
