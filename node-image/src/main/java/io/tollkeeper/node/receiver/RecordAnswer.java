package io.tollkeeper.node.receiver;

import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.protocol.Bytes32;
import java.util.Optional;

/** What one record is answered. */
sealed interface RecordAnswer {
    /** It has a leaf: a new one, or one that it had before. */
    record Stored(Bytes32 agreement, Bytes32 digest, long leaf, boolean duplicate) implements RecordAnswer {}

    record Refused(Optional<Bytes32> digest, Decision.Refuse refusal) implements RecordAnswer {}
}
