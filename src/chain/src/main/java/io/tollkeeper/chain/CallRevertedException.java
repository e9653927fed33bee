package io.tollkeeper.chain;

/** A view or a simulated call was refused by the contract. */
public final class CallRevertedException extends ChainException {
    private final RevertReason reason;

    public CallRevertedException(RevertReason reason) {
        super("the contract refused: " + reason);
        this.reason = reason;
    }

    public RevertReason reason() {
        return reason;
    }
}
