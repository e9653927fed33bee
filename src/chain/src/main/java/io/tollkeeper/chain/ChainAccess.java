package io.tollkeeper.chain;

import java.util.List;
import java.util.function.Function;

/** What outbox, follower and gateways need of {@link ChainEndpoints}; tests bring their own. */
public interface ChainAccess {
    long chainId();

    /**
     * Runs a sequence of reads on one endpoint. When that endpoint fails in between, the whole sequence starts over on
     * the next one, so it must not act on what it reads before it has read all.
     *
     * @throws ChainUnavailableException when no endpoint answers
     * @throws WrongChainException when those that answer are of another chain
     * @throws RpcErrorException when an endpoint answers with an error
     */
    <T> T read(Function<Rpc, T> sequence);

    /** Sends signed bytes to every endpoint at once and waits for their answers. */
    List<SendAnswer> send(byte[] signed);
}
