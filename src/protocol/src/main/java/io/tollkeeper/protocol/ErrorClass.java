package io.tollkeeper.protocol;

import java.util.Optional;

/** What the sender of a refused record does next. */
public enum ErrorClass {
    /** Sends it to the same node again, after the time that the node says. */
    RETRY(io.tollkeeper.protocol.v1.ErrorClass.RETRY),
    /** Sends it to the next server at once. */
    MOVE(io.tollkeeper.protocol.v1.ErrorClass.MOVE),
    /** Sends the missing predecessors first. */
    NEED_FROM(io.tollkeeper.protocol.v1.ErrorClass.NEED_FROM),
    /** Goes on from the branch with the larger amount. */
    FORKED(io.tollkeeper.protocol.v1.ErrorClass.FORKED),
    /** Stops: the agreement has ended. */
    CLOSED(io.tollkeeper.protocol.v1.ErrorClass.CLOSED),
    /** Goes on from the last accepted record in a new branch: this one is wrong and stays wrong. */
    FATAL(io.tollkeeper.protocol.v1.ErrorClass.FATAL);

    private final io.tollkeeper.protocol.v1.ErrorClass wire;

    ErrorClass(io.tollkeeper.protocol.v1.ErrorClass wire) {
        this.wire = wire;
    }

    /** The same in the node's API. */
    public io.tollkeeper.protocol.v1.ErrorClass toWire() {
        return wire;
    }

    /** The class of an answer; empty when the answer has none, or one that this version does not know. */
    public static Optional<ErrorClass> fromWire(io.tollkeeper.protocol.v1.ErrorClass wire) {
        for (ErrorClass candidate : values()) {
            if (candidate.wire == wire) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
