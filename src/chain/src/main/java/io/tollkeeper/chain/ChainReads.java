package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The questions we ask a chain. Block numbers are always numeric: some chains do not know the tags. */
final class ChainReads {
    static BlockRef head(Rpc rpc) {
        return parseBlock(rpc.call("eth_getBlockByNumber", "latest", false));
    }

    /** Empty when this endpoint has no such block (yet). */
    static Optional<BlockRef> block(Rpc rpc, long number) {
        try {
            var block = rpc.call("eth_getBlockByNumber", Hex.quantity(number), false);
            return block.isObject() ? Optional.of(parseBlock(block)) : Optional.empty();
        } catch (RpcErrorException error) {
            // Some chains answer null for a block past the head, some an error.
            return emptyUnlessTrouble(error);
        }
    }

    static BlockRef parseBlock(JsonNode block) {
        if (!block.isObject()) {
            throw new RpcTransportException("expected a block, got " + block);
        }
        return new BlockRef(
                Hex.toLong(block.path("number").asText()),
                bytes32(block.path("hash")),
                Instant.ofEpochSecond(Hex.toLong(block.path("timestamp").asText())));
    }

    /** Transactions of this account up to and including this block. */
    static long nonce(Rpc rpc, Address account, long block) {
        return Hex.toLong(rpc.call("eth_getTransactionCount", account.hex(), Hex.quantity(block))
                .asText());
    }

    static BigInteger balance(Rpc rpc, Address account, long block) {
        return Hex.toBigInteger(
                rpc.call("eth_getBalance", account.hex(), Hex.quantity(block)).asText());
    }

    /** Empty while the transaction is in no block: null on most chains, "tx not found" on some. */
    static Optional<TxReceipt> receipt(Rpc rpc, Bytes32 hash) {
        JsonNode receipt;
        try {
            receipt = rpc.call("eth_getTransactionReceipt", hash.hex());
        } catch (RpcErrorException error) {
            return emptyUnlessTrouble(error);
        }
        if (!receipt.isObject() || !receipt.path("blockHash").isTextual()) {
            return Optional.empty();
        }
        var contract = receipt.path("contractAddress");
        return Optional.of(new TxReceipt(
                Hex.toLong(receipt.path("blockNumber").asText()),
                bytes32(receipt.path("blockHash")),
                hash,
                Hex.toLong(receipt.path("status").asText("0x1")) == 1,
                Hex.toLong(receipt.path("gasUsed").asText()),
                contract.isTextual() ? Optional.of(address(contract)) : Optional.empty()));
    }

    private static <T> Optional<T> emptyUnlessTrouble(RpcErrorException error) {
        if (error.isEndpointsOwnTrouble()) {
            throw error;
        }
        return Optional.empty();
    }

    /** The hashes of a block's transactions; empty when this endpoint has no such block. */
    static List<Bytes32> transactionsOf(Rpc rpc, long block) {
        var hashes = new ArrayList<Bytes32>();
        rpc.call("eth_getBlockByNumber", Hex.quantity(block), false)
                .path("transactions")
                .forEach(hash -> hashes.add(bytes32(hash)));
        return hashes;
    }

    /** Whether the endpoint holds this transaction, in a block or in its pool. */
    static boolean knowsTransaction(Rpc rpc, Bytes32 hash) {
        try {
            return rpc.call("eth_getTransactionByHash", hash.hex()).isObject();
        } catch (RpcErrorException _) {
            return false;
        }
    }

    /** The answer of a view, or the reason why the contract refuses. */
    static byte[] call(Rpc rpc, Address from, ChainCall call, long block) {
        try {
            return Hex.toBytes(rpc.call("eth_call", callObject(from, call), Hex.quantity(block))
                    .asText());
        } catch (RpcErrorException error) {
            throw RevertReason.of(error)
                    .<ChainException>map(CallRevertedException::new)
                    .orElse(error);
        }
    }

    static long estimateGas(Rpc rpc, Address from, ChainCall call) {
        try {
            return Hex.toLong(
                    rpc.call("eth_estimateGas", callObject(from, call)).asText());
        } catch (RpcErrorException error) {
            throw RevertReason.of(error)
                    .<ChainException>map(CallRevertedException::new)
                    .orElse(error);
        }
    }

    private static Map<String, String> callObject(Address from, ChainCall call) {
        var object = new LinkedHashMap<String, String>();
        object.put("from", from.hex());
        call.to().ifPresent(to -> object.put("to", to.hex()));
        object.put("data", Hex.data(call.data()));
        object.put("value", Hex.quantity(call.valueWei()));
        return object;
    }

    /** Logs of these contracts from block {@code from} to block {@code to}, both included, in the chain's order. */
    static List<ChainLog> logs(Rpc rpc, List<Address> contracts, List<Bytes32> topics, long from, long to) {
        var filter = new LinkedHashMap<String, Object>();
        filter.put("fromBlock", Hex.quantity(from));
        filter.put("toBlock", Hex.quantity(to));
        filter.put("address", contracts.stream().map(Address::hex).toList());
        if (!topics.isEmpty()) {
            filter.put("topics", List.of(topics.stream().map(Bytes32::hex).toList()));
        }
        var logs = new ArrayList<ChainLog>();
        for (var log : rpc.call("eth_getLogs", filter)) {
            if (!log.path("removed").asBoolean(false)) {
                logs.add(parseLog(log));
            }
        }
        return logs.stream().distinct().sorted().toList();
    }

    static ChainLog parseLog(JsonNode log) {
        var topics = new ArrayList<Bytes32>();
        log.path("topics").forEach(topic -> topics.add(bytes32(topic)));
        return new ChainLog(
                address(log.path("address")),
                topics,
                Hex.toBytes(log.path("data").asText()),
                Hex.toLong(log.path("blockNumber").asText()),
                bytes32(log.path("blockHash")),
                bytes32(log.path("transactionHash")),
                Hex.toLong(log.path("logIndex").asText()));
    }

    private static Bytes32 bytes32(JsonNode hex) {
        try {
            return Bytes32.fromHex(hex.asText());
        } catch (IllegalArgumentException malformed) {
            throw new RpcTransportException(String.valueOf(malformed.getMessage()), malformed);
        }
    }

    private static Address address(JsonNode hex) {
        try {
            return Address.fromHex(hex.asText());
        } catch (IllegalArgumentException malformed) {
            throw new RpcTransportException(String.valueOf(malformed.getMessage()), malformed);
        }
    }

    private ChainReads() {}
}
