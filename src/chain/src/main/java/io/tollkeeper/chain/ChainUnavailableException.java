package io.tollkeeper.chain;

/** No endpoint answered: the chain is away as far as we can see. Trying again later is right. */
public final class ChainUnavailableException extends ChainException {
    public ChainUnavailableException(String message) {
        super(message);
    }

    public ChainUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
