package io.tollkeeper.chain;

import java.util.Optional;

/** An endpoint answered with a JSON-RPC error. It is an answer, so nobody else is asked. */
public final class RpcErrorException extends ChainException {
    private static final int INTERNAL_ERROR = -32603;
    private static final int LIMIT_EXCEEDED = -32005;

    private final int code;
    private final String text;
    private final String data;

    public RpcErrorException(String method, int code, String text, Optional<String> data) {
        super(method + " answered " + code + ": " + text);
        this.code = code;
        this.text = text;
        this.data = data.orElse("");
    }

    public int code() {
        return code;
    }

    /** The endpoint's own words: for people, never to decide by. */
    public String text() {
        return text;
    }

    /** What came as {@code error.data}, for a reverted call the contract's revert data in hex. */
    public Optional<String> data() {
        return data.isEmpty() ? Optional.empty() : Optional.of(data);
    }

    /** Says something of the endpoint and not of the question: another may answer. A reverted call carries data. */
    boolean isEndpointsOwnTrouble() {
        return (code == INTERNAL_ERROR || code == LIMIT_EXCEEDED) && data.isEmpty();
    }
}
