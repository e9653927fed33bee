package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint40;
import org.web3j.abi.datatypes.generated.Uint64;

/**
 * Arguments and answers of contract functions. Names, structs, events and errors are the generated wrappers'; their
 * instances are not used: making one looks its address up as a name, with a Jackson that this build does not have whole,
 * and who sends, with which nonce and through which endpoint is ours to decide.
 */
@SuppressWarnings("rawtypes") // web3j's types are
final class Abi {
    static Type bytes32(Bytes32 value) {
        return new org.web3j.abi.datatypes.generated.Bytes32(value.toByteArray());
    }

    static Type address(Address value) {
        return new org.web3j.abi.datatypes.Address(value.hex());
    }

    static Type uint32(long value) {
        return new Uint32(BigInteger.valueOf(value));
    }

    static Type uint40(long value) {
        return new Uint40(BigInteger.valueOf(value));
    }

    static Type uint64(long value) {
        return new Uint64(BigInteger.valueOf(value));
    }

    static Type string(String value) {
        return new Utf8String(value);
    }

    static Type bytes(byte[] value) {
        return new DynamicBytes(value);
    }

    static byte[] encode(String function, Type... arguments) {
        return Hex.toBytes(FunctionEncoder.encode(new Function(function, List.of(arguments), List.of())));
    }

    static byte[] constructor(String bytecode, Type... arguments) {
        return Hex.toBytes("0x" + bytecode + FunctionEncoder.encodeConstructor(List.of(arguments)));
    }

    /** Asks a view at the head of one endpoint. */
    static List<Type> ask(
            ChainAccess chain, Address contract, List<TypeReference<?>> answer, String function, Type... arguments) {
        var call = ChainCall.of(contract, encode(function, arguments));
        var data = chain.read(rpc ->
                ChainReads.call(rpc, Address.ZERO, call, ChainReads.head(rpc).number()));
        var values = FunctionReturnDecoder.decode(
                Hex.data(data), new Function(function, List.of(), answer).getOutputParameters());
        if (values.isEmpty()) {
            throw new WrongContractException(contract, chain.chainId());
        }
        return values;
    }

    private Abi() {}
}
