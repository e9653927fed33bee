package io.tollkeeper.protocol;

import java.util.OptionalLong;

/**
 * Why a record is refused.
 *
 * @param error the rule that it breaks
 * @param expected what the rule asks for, in words or as a number
 * @param actual what the record has
 * @param needFromSeq the first sequence number that is missing; present exactly for errors of class NEED_FROM
 */
public record RecordFault(SubmitError error, String expected, String actual, OptionalLong needFromSeq) {
    public RecordFault {
        if (needFromSeq.isPresent() != (error.errorClass() == ErrorClass.NEED_FROM)) {
            throw new IllegalArgumentException("expected needFromSeq exactly for the class NEED_FROM, got %s for %s"
                    .formatted(needFromSeq, error));
        }
    }

    /** A fault of any class but NEED_FROM. */
    public static RecordFault of(SubmitError error, Object expected, Object actual) {
        return new RecordFault(error, String.valueOf(expected), String.valueOf(actual), OptionalLong.empty());
    }

    @Override
    public String toString() {
        return "%s (%d): expected %s, got %s".formatted(error, error.number(), expected, actual);
    }
}
