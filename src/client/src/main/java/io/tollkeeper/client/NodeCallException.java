package io.tollkeeper.client;

/** A call of a node that was not answered as it should be. */
final class NodeCallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ServerList.Failure failure;

    NodeCallException(ServerList.Failure failure, String detail) {
        super(detail);
        this.failure = failure;
    }

    ServerList.Failure failure() {
        return failure;
    }

    /** What happened, in one line. */
    String detail() {
        var message = getMessage();
        return message == null ? failure.name() : message;
    }
}
