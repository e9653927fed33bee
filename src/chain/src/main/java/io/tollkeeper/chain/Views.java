package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.datatypes.Type;
import org.web3j.protocol.core.RemoteFunctionCall;
import org.web3j.tx.gas.StaticGasProvider;

/**
 * The generated wrappers as encoders and decoders only: who sends, with which nonce and through which endpoint is ours to
 * decide.
 */
final class Views {
    /** Never used: wrappers want one. */
    static final StaticGasProvider NO_GAS = new StaticGasProvider(BigInteger.ZERO, BigInteger.ZERO);

    static byte[] data(RemoteFunctionCall<?> call) {
        return Hex.toBytes(call.encodeFunctionCall());
    }

    /** Asks a view at the head of one endpoint. */
    @SuppressWarnings("rawtypes")
    static List<Type> ask(ChainAccess chain, Address contract, RemoteFunctionCall<?> view) {
        var answer = chain.read(rpc -> ChainReads.call(
                rpc,
                Address.ZERO,
                ChainCall.of(contract, data(view)),
                ChainReads.head(rpc).number()));
        var values = view.decodeFunctionResponse(Hex.data(answer));
        if (values.isEmpty()) {
            throw new WrongContractException(contract, chain.chainId());
        }
        return values;
    }

    private Views() {}
}
