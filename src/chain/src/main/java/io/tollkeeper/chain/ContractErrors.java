package io.tollkeeper.chain;

import io.tollkeeper.contracts.FeeVault;
import io.tollkeeper.contracts.UsageAnchor;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.web3j.abi.CustomErrorEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.CustomError;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Uint256;

/** Names for the revert data of our contracts, from the errors of the generated wrappers. */
final class ContractErrors {
    private static final int SELECTOR_BYTES = 4;
    private static final Map<String, CustomError> BY_SELECTOR = bySelector();

    static RevertReason decode(byte[] data) {
        if (data.length == 0) {
            return RevertReason.none();
        }
        var error =
                data.length < SELECTOR_BYTES ? null : BY_SELECTOR.get(Hex.data(Arrays.copyOf(data, SELECTOR_BYTES)));
        if (error == null) {
            return new RevertReason(RevertReason.UNKNOWN, List.of(Hex.data(data)), data);
        }
        return new RevertReason(error.getName(), arguments(error, data), data);
    }

    private static List<String> arguments(CustomError error, byte[] data) {
        var encoded = Hex.data(Arrays.copyOfRange(data, SELECTOR_BYTES, data.length));
        try {
            return FunctionReturnDecoder.decode(encoded, error.getParameters()).stream()
                    .map(ContractErrors::text)
                    .toList();
        } catch (RuntimeException _) {
            // The selector is known, the rest is not what it announces.
            return List.of(encoded);
        }
    }

    private static String text(Type<?> argument) {
        return argument.getValue() instanceof byte[] bytes
                ? Hex.data(bytes)
                : argument.getValue().toString();
    }

    private static Map<String, CustomError> bySelector() {
        var errors = new HashMap<String, CustomError>();
        for (var wrapper : List.of(UsageAnchor.class, FeeVault.class)) {
            for (var field : wrapper.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == CustomError.class) {
                    try {
                        add(errors, (CustomError) field.get(null));
                    } catch (IllegalAccessException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                }
            }
        }
        // What the compiler itself reverts with.
        add(errors, new CustomError("Error", List.of(new TypeReference<Utf8String>() {})));
        add(errors, new CustomError("Panic", List.of(new TypeReference<Uint256>() {})));
        return Map.copyOf(errors);
    }

    private static void add(Map<String, CustomError> errors, CustomError error) {
        errors.put(CustomErrorEncoder.encode(error).substring(0, 2 + 2 * SELECTOR_BYTES), error);
    }

    private ContractErrors() {}
}
