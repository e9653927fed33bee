package io.tollkeeper.node.rules;

import io.tollkeeper.node.store.HeldRecord;
import java.util.Optional;

/**
 * What a node holds round a sequence number of an agreement.
 *
 * @param below the newest record below it
 * @param same the record at it
 * @param above the oldest record above it
 * @param newest the newest of all
 */
public record Neighbours(
        Optional<HeldRecord> below,
        Optional<HeldRecord> same,
        Optional<HeldRecord> above,
        Optional<HeldRecord> newest) {
    public static final Neighbours NONE =
            new Neighbours(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
