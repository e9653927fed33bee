package io.tollkeeper.localcluster;

/** A container cannot start yet; a kubelet says why in its status and tries again. */
final class NotYetException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    NotYetException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** As in a container's {@code state.waiting.reason}. */
    String reason() {
        return reason;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
