package io.tollkeeper.chain;

import static java.util.Objects.requireNonNull;

import io.tollkeeper.protocol.Address;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * What a transaction does, without who sends it and with which nonce.
 *
 * @param to the contract; empty creates one
 * @param data call data, or creation code with its arguments
 * @param valueWei native coin that goes with it
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; compared by content
public record ChainCall(Optional<Address> to, byte[] data, BigInteger valueWei) {
    public ChainCall {
        requireNonNull(to, "to is null");
        data = data.clone();
        if (valueWei.signum() < 0) {
            throw new IllegalArgumentException("value: expected at least 0, got " + valueWei);
        }
    }

    /** A call of {@code to} that carries no coin. */
    public static ChainCall of(Address to, byte[] data) {
        return new ChainCall(Optional.of(to), data, BigInteger.ZERO);
    }

    /** A transfer of native coin. */
    public static ChainCall transfer(Address to, BigInteger valueWei) {
        return new ChainCall(Optional.of(to), new byte[0], valueWei);
    }

    /** A contract's creation. */
    public static ChainCall creation(byte[] code) {
        return new ChainCall(Optional.empty(), code, BigInteger.ZERO);
    }

    public ChainCall withValue(BigInteger wei) {
        return new ChainCall(to, data, wei);
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChainCall that
                && to.equals(that.to)
                && Arrays.equals(data, that.data)
                && valueWei.equals(that.valueWei);
    }

    @Override
    public int hashCode() {
        return Objects.hash(to, Arrays.hashCode(data), valueWei);
    }

    @Override
    public String toString() {
        return "ChainCall[to=" + to.map(Address::hex).orElse("creation") + ", " + data.length + " bytes, " + valueWei
                + " wei]";
    }
}
