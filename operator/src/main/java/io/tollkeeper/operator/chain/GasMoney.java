package io.tollkeeper.operator.chain;

import io.tollkeeper.api.node.ChainKeys;
import java.math.BigInteger;
import java.util.Map;

/**
 * What the operator pays to the keys of epochs, in wei.
 *
 * @param first handed over by {@code register}
 * @param low below this a key is topped up
 * @param target up to here
 */
record GasMoney(BigInteger first, BigInteger low, BigInteger target) {
    GasMoney {
        if (first.signum() < 0 || low.signum() < 0 || target.compareTo(low) < 0) {
            throw new IllegalArgumentException("expected 0 <= " + ChainKeys.GAS_FIRST + " and 0 <= " + ChainKeys.GAS_LOW
                    + " <= " + ChainKeys.GAS_TARGET + ", got " + first + ", " + low + ", " + target);
        }
    }

    static GasMoney from(Map<String, String> keys) {
        return new GasMoney(
                wei(keys, ChainKeys.GAS_FIRST), wei(keys, ChainKeys.GAS_LOW), wei(keys, ChainKeys.GAS_TARGET));
    }

    private static BigInteger wei(Map<String, String> keys, String key) {
        String text = keys.getOrDefault(key, "").strip();
        try {
            return new BigInteger(text);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(key + ": expected wei as a decimal number, got \"" + text + "\"");
        }
    }
}
