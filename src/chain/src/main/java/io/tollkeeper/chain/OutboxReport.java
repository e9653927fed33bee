package io.tollkeeper.chain;

import java.util.Optional;

/**
 * How an outbox stands after a tick.
 *
 * @param waiting calls without a nonce
 * @param inFlight calls with a nonce that are in no final block
 * @param trouble why the tick could not do its work, in words
 */
public record OutboxReport(int waiting, int inFlight, Optional<String> trouble) {}
