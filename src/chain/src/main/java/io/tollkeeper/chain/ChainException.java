package io.tollkeeper.chain;

/** Something that went wrong between us and the chain. */
public abstract class ChainException extends RuntimeException {
    ChainException(String message) {
        super(message);
    }

    ChainException(String message, Throwable cause) {
        super(message, cause);
    }
}
