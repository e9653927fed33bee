package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;

/** One endpoint of a chain, asked by JSON-RPC. */
@FunctionalInterface
public interface Rpc {
    /**
     * Asks and waits for at most the endpoint's time-out.
     *
     * @return the result, possibly a JSON null
     * @throws RpcErrorException when the endpoint answers with an error
     * @throws RpcTransportException when no answer comes
     */
    JsonNode call(String method, Object... params);
}
