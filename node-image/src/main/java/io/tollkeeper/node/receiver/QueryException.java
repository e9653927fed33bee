package io.tollkeeper.node.receiver;

import io.grpc.Status;
import io.tollkeeper.protocol.SubmitError;

/** A question that is not answered, with the number of the rule that it broke. */
public final class QueryException extends Exception {
    private final SubmitError error;

    public QueryException(SubmitError error, Object expected, Object actual) {
        super(error.number() + " " + error + ": expected " + expected + ", got " + actual);
        this.error = error;
    }

    public SubmitError error() {
        return error;
    }

    /** The gRPC status; its description begins with the number. */
    public Status status() {
        Status.Code code =
                switch (error) {
                    case QUERY_MALFORMED -> Status.Code.INVALID_ARGUMENT;
                    case QUERY_SIGNATURE_INVALID, QUERY_STALE -> Status.Code.PERMISSION_DENIED;
                    case RECORD_UNKNOWN, AGREEMENT_UNKNOWN -> Status.Code.NOT_FOUND;
                    case NOT_ANCHORED -> Status.Code.FAILED_PRECONDITION;
                    default -> Status.Code.UNAVAILABLE;
                };
        return code.toStatus().withDescription(getMessage());
    }
}
