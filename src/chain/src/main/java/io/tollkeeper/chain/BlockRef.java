package io.tollkeeper.chain;

import static java.util.Objects.requireNonNull;

import io.tollkeeper.protocol.Bytes32;
import java.time.Instant;

/** One block: its number, its hash, the chain's time in it. */
public record BlockRef(long number, Bytes32 hash, Instant time) {
    public BlockRef {
        requireNonNull(hash, "hash is null");
        requireNonNull(time, "time is null");
        if (number < 0) {
            throw new IllegalArgumentException("block number: expected at least 0, got " + number);
        }
    }

    @Override
    public String toString() {
        return number + " (" + hash.hex().substring(0, 10) + "…)";
    }
}
