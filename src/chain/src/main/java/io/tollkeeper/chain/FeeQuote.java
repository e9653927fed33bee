package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What to pay for a unit of gas, in wei.
 *
 * @param dynamic an EIP-1559 transaction; else a legacy one, whose gas price is {@code maxFee}
 * @param maxFee the most that is paid, in all
 * @param priorityFee the part of it that goes to the block's producer; zero for a legacy transaction
 */
record FeeQuote(boolean dynamic, BigInteger maxFee, BigInteger priorityFee) {
    private static final int BLOCKS = 10;
    private static final double PERCENTILE = 50;

    /** A fee is never raised beyond this many times what the chain asks now. */
    private static final BigInteger CEILING_FACTOR = BigInteger.TEN;

    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    FeeQuote {
        if (maxFee.signum() < 0 || priorityFee.signum() < 0 || priorityFee.compareTo(maxFee) > 0) {
            throw new IllegalArgumentException(
                    "fees: expected 0 <= priority fee <= max fee, got " + priorityFee + " and " + maxFee);
        }
    }

    static FeeQuote dynamic(BigInteger maxFee, BigInteger priorityFee) {
        return new FeeQuote(true, maxFee, priorityFee);
    }

    static FeeQuote legacy(BigInteger gasPrice) {
        return new FeeQuote(false, gasPrice, BigInteger.ZERO);
    }

    boolean isZero() {
        return maxFee.signum() == 0;
    }

    /** Asks the chain. A chain without base fee gets legacy transactions. */
    static FeeQuote of(Rpc rpc) {
        // A chain may answer eth_feeHistory with figures that its blocks do not have.
        if (!rpc.call("eth_getBlockByNumber", "latest", false)
                .path("baseFeePerGas")
                .isTextual()) {
            return legacy(gasPrice(rpc));
        }
        JsonNode history;
        try {
            history = rpc.call("eth_feeHistory", Hex.quantity(BLOCKS), "latest", List.of(PERCENTILE));
        } catch (RpcErrorException error) {
            if (error.isEndpointsOwnTrouble()) {
                throw error;
            }
            return legacy(gasPrice(rpc));
        }
        var baseFees = history.path("baseFeePerGas");
        if (!baseFees.isArray()
                || baseFees.isEmpty()
                || !baseFees.get(baseFees.size() - 1).isTextual()) {
            return legacy(gasPrice(rpc));
        }
        var rewards = new ArrayList<BigInteger>();
        for (var block : history.path("reward")) {
            if (!block.isEmpty() && block.get(0).isTextual()) {
                rewards.add(Hex.toBigInteger(block.get(0).asText()));
            }
        }
        return fromHistory(Hex.toBigInteger(baseFees.get(baseFees.size() - 1).asText()), rewards);
    }

    /**
     * @param nextBaseFee base fee of the next block
     * @param rewards what the middle transaction of each recent block paid its producer; 0 for empty blocks
     */
    static FeeQuote fromHistory(BigInteger nextBaseFee, List<BigInteger> rewards) {
        var paid = rewards.stream()
                .filter(reward -> reward.signum() > 0)
                .sorted(Comparator.naturalOrder())
                .toList();
        var priority = paid.isEmpty() ? BigInteger.ZERO : paid.get(paid.size() / 2);
        // Twice the base fee lasts for six full blocks in a row, each of which may raise it by an eighth.
        return dynamic(nextBaseFee.shiftLeft(1).add(priority), priority);
    }

    private static BigInteger gasPrice(Rpc rpc) {
        return Hex.toBigInteger(rpc.call("eth_gasPrice").asText());
    }

    /**
     * The fee for a replacement: at least {@code percent} above this one in both parts, and what the chain asks now where
     * that is more. This one itself, where it is far above what the chain asks: then the fee is not what keeps it back.
     * Zero where the chain asks for nothing.
     */
    FeeQuote bumped(FeeQuote now, int percent) {
        var raised = new FeeQuote(
                dynamic,
                raise(maxFee, percent).max(now.maxFee),
                dynamic ? raise(priorityFee, percent).max(now.priorityFee) : BigInteger.ZERO);
        var tooMuch = raised.maxFee.compareTo(now.maxFee.multiply(CEILING_FACTOR)) > 0;
        return tooMuch ? this : raised;
    }

    private static BigInteger raise(BigInteger fee, int percent) {
        var product = fee.multiply(BigInteger.valueOf(100L + percent));
        return product.add(HUNDRED).subtract(BigInteger.ONE).divide(HUNDRED);
    }
}
