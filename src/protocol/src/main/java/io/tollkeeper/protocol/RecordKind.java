package io.tollkeeper.protocol;

import java.util.Optional;

/** What a usage record says of its session (the semantics of RADIUS accounting, RFC 2866 section 5.1). */
public enum RecordKind {
    /** The session begins. */
    START(1),
    /** The session goes on. */
    INTERIM(2),
    /** The session has ended: the client signed off. */
    STOP(3),
    /** The agreement has ended: no record may follow. */
    CLOSE(4);

    private final int code;

    RecordKind(int code) {
        this.code = code;
    }

    /** The byte of the canonical record and of the signed struct, from 1 to 4. */
    public int code() {
        return code;
    }

    /** The kind with this byte, if there is one. */
    public static Optional<RecordKind> ofCode(int code) {
        return code < 1 || code > values().length ? Optional.empty() : Optional.of(values()[code - 1]);
    }
}
