package io.tollkeeper.chain;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a contract refused.
 *
 * @param name name of the contract's custom error, {@code Error} for a text, {@code Panic} for the compiler's own
 *     checks, {@code Unknown} for data that no known error explains, {@code None} where there is no data (out of gas)
 * @param arguments the error's arguments as text, bytes in hex
 * @param data the revert data as it came
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; compared by content
public record RevertReason(String name, List<String> arguments, byte[] data) {
    public static final String NONE = "None";
    public static final String UNKNOWN = "Unknown";

    private static final int EXECUTION_REVERTED = 3;

    public RevertReason {
        arguments = List.copyOf(arguments);
        data = data.clone();
    }

    /** Explains revert data. */
    public static RevertReason decode(byte[] data) {
        return ContractErrors.decode(data);
    }

    /** A reason without data. */
    static RevertReason none() {
        return new RevertReason(NONE, List.of(), new byte[0]);
    }

    /** The reason in an endpoint's error; empty when the error is no revert. */
    static Optional<RevertReason> of(RpcErrorException error) {
        var hex = error.data().orElse("");
        var start = hex.indexOf("0x");
        if (start >= 0) {
            // Some clients write "Reverted 0x…".
            return Optional.of(decode(Hex.toBytes(hex.substring(start).strip())));
        }
        var saysSo = error.code() == EXECUTION_REVERTED
                || error.text().toLowerCase(Locale.ROOT).contains("revert");
        return saysSo ? Optional.of(none()) : Optional.empty();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RevertReason that
                && name.equals(that.name)
                && arguments.equals(that.arguments)
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return name + "(" + String.join(", ", arguments) + ")";
    }
}
