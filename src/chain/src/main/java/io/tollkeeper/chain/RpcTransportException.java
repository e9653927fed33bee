package io.tollkeeper.chain;

/** An endpoint did not answer, or not with JSON-RPC. Another endpoint may. */
public final class RpcTransportException extends ChainException {
    public RpcTransportException(String message) {
        super(message);
    }

    public RpcTransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
