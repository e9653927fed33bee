package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Keccak;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.web3j.crypto.TransactionDecoder;

/**
 * One account on a chain of validators with a strict pool at each endpoint, as it was measured on CometBFT with an EVM:
 * it refuses a nonce with a gap before it and a second transaction of one nonce, says "already in mempool" of whatever it
 * ever saw, answers an error for the receipt of what is in no block, and knows no pending transaction by its hash.
 */
final class FakeBftChain implements ChainAccess {
    static final long CHAIN_ID = 9_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FIRST_BLOCK_TIME = 1_800_000_000L;

    private record Transaction(Bytes32 hash, long nonce) {}

    private record Block(long number, List<Transaction> transactions, long nonceAfter) {
        Bytes32 hash() {
            return Bytes32.fromHex("0x" + "%064x".formatted(number + 1));
        }
    }

    /** One validator's RPC and pool. */
    static final class Endpoint {
        final URI uri;
        boolean down;
        private final Set<Bytes32> everSeen = new HashSet<>();
        private final Map<Long, Transaction> pool = new TreeMap<>();

        private Endpoint(String name) {
            this.uri = URI.create("http://" + name);
        }
    }

    final Endpoint one = new Endpoint("one");
    final Endpoint other = new Endpoint("other");
    final List<String> refusals = new ArrayList<>();

    private final List<Block> blocks = new ArrayList<>(List.of(new Block(0, List.of(), 0)));
    private final Map<Bytes32, Long> blockOf = new HashMap<>();

    private Block head() {
        return blocks.getLast();
    }

    /** A block of what the first of these endpoints has, and of what the next have beyond it. */
    void mine(Endpoint... proposers) {
        var nonce = head().nonceAfter();
        var chosen = new ArrayList<Transaction>();
        for (var proposer : proposers) {
            for (var next = proposer.pool.get(nonce); next != null; next = proposer.pool.get(nonce)) {
                chosen.add(next);
                nonce++;
            }
        }
        var block = new Block(head().number() + 1, List.copyOf(chosen), nonce);
        blocks.add(block);
        chosen.forEach(transaction -> blockOf.put(transaction.hash(), block.number()));
        var mined = nonce;
        for (var endpoint : List.of(one, other)) {
            endpoint.pool.keySet().removeIf(pooled -> pooled < mined);
        }
    }

    @Override
    public long chainId() {
        return CHAIN_ID;
    }

    @Override
    public List<SendAnswer> send(byte[] signed) {
        var transaction = new Transaction(
                Keccak.hash(signed),
                TransactionDecoder.decode(Hex.data(signed)).getNonce().longValueExact());
        return List.of(send(one, transaction), send(other, transaction));
    }

    private SendAnswer send(Endpoint endpoint, Transaction transaction) {
        if (endpoint.down) {
            return new SendAnswer.Unreachable(endpoint.uri, "down");
        }
        var refusal = refusal(endpoint, transaction);
        if (refusal.isPresent()) {
            refusals.add(refusal.get());
            return new SendAnswer.Refused(endpoint.uri, -32_000, refusal.get());
        }
        endpoint.everSeen.add(transaction.hash());
        endpoint.pool.put(transaction.nonce(), transaction);
        return new SendAnswer.Accepted(endpoint.uri);
    }

    private Optional<String> refusal(Endpoint endpoint, Transaction transaction) {
        if (endpoint.everSeen.contains(transaction.hash())) {
            return Optional.of("tx already in mempool");
        }
        var expected = head().nonceAfter() + endpoint.pool.size();
        return transaction.nonce() == expected
                ? Optional.empty()
                : Optional.of(
                        "invalid nonce; got " + transaction.nonce() + ", expected " + expected + ": invalid sequence");
    }

    @Override
    public <T> T read(Function<Rpc, T> sequence) {
        if (one.down && other.down) {
            throw new ChainUnavailableException("all down");
        }
        return sequence.apply(this::answer);
    }

    private JsonNode answer(String method, Object... params) {
        return switch (method) {
            case "eth_getBlockByNumber" -> block(params[0].equals("latest") ? head().number() : number(params[0]));
            case "eth_getTransactionCount" ->
                TextNode.valueOf(
                        Hex.quantity(blocks.get((int) number(params[1])).nonceAfter()));
            case "eth_getTransactionReceipt" -> receipt(Bytes32.fromHex((String) params[0]));
            case "eth_getTransactionByHash" -> NullNode.getInstance();
            case "eth_getBalance" -> TextNode.valueOf("0xffffffffffffffffff");
            case "eth_call" -> TextNode.valueOf("0x");
            case "eth_estimateGas" -> TextNode.valueOf("0x5208");
            case "eth_feeHistory" -> {
                var history = JSON.createObjectNode();
                history.putArray("baseFeePerGas").add("0x64").add("0x64");
                history.putArray("reward").addArray().add("0xa");
                yield history;
            }
            default -> throw new AssertionError("this fake does not know " + method);
        };
    }

    private static long number(Object quantity) {
        return Hex.toLong((String) quantity);
    }

    private JsonNode block(long number) {
        if (number > head().number()) {
            return NullNode.getInstance();
        }
        var block = blocks.get((int) number);
        var json = JSON.createObjectNode()
                .put("number", Hex.quantity(number))
                .put("hash", block.hash().hex())
                .put("timestamp", Hex.quantity(FIRST_BLOCK_TIME + number))
                .put("baseFeePerGas", "0x64");
        var hashes = json.putArray("transactions");
        block.transactions()
                .forEach(transaction -> hashes.add(transaction.hash().hex()));
        return json;
    }

    private JsonNode receipt(Bytes32 hash) {
        var number = blockOf.get(hash);
        if (number == null) {
            throw new RpcErrorException(
                    "eth_getTransactionReceipt", -32_000, "tx not found, hash: " + hash.hex(), Optional.empty());
        }
        return JSON.createObjectNode()
                .put("blockNumber", Hex.quantity(number))
                .put("blockHash", blocks.get(number.intValue()).hash().hex())
                .put("status", "0x1")
                .put("gasUsed", "0x5208");
    }
}
