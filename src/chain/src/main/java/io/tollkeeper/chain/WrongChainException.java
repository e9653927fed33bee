package io.tollkeeper.chain;

/** Every endpoint that answered is one of another chain. */
public final class WrongChainException extends ChainException {
    public WrongChainException(String message) {
        super(message);
    }
}
