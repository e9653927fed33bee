package io.tollkeeper.node.rules;

import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.SubmitError;
import java.util.Optional;

/** What becomes of one record. */
public sealed interface Decision {
    /**
     * It is stored and gets a leaf.
     *
     * @param limitReachedAt see {@link HeldRecord#limitReachedAt}
     */
    record Accept(long limitReachedAt) implements Decision {}

    /** It is in this epoch's log already. */
    record Duplicate(long leaf) implements Decision {}

    /**
     * It is not stored.
     *
     * @param needFromSeq with NEED_FROM: the lowest sequence number that is missing; else 0
     * @param forked with FORKED: the newest record of the branch that this node holds
     */
    record Refuse(
            SubmitError error,
            String expected,
            String actual,
            long retryAfterMillis,
            long needFromSeq,
            Optional<HeldRecord> forked)
            implements Decision {}

    static Refuse refuse(SubmitError error, Object expected, Object actual) {
        return new Refuse(error, expected.toString(), actual.toString(), 0, 0, Optional.empty());
    }

    static Refuse retry(SubmitError error, Object expected, Object actual, long retryAfterMillis) {
        return new Refuse(error, expected.toString(), actual.toString(), retryAfterMillis, 0, Optional.empty());
    }

    static Refuse needFrom(SubmitError error, long needFromSeq, long actualSeq) {
        return new Refuse(
                error,
                "the record before it, from sequence number " + needFromSeq + " on",
                "sequence number " + actualSeq,
                0,
                needFromSeq,
                Optional.empty());
    }

    static Refuse forked(SubmitError error, Object expected, Object actual, Optional<HeldRecord> newest) {
        return new Refuse(error, expected.toString(), actual.toString(), 0, 0, newest);
    }
}
