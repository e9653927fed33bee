package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A real anvil as a child process on a free port. It hangs on a pipe of this JVM: whatever way the JVM ends, the shell
 * beside anvil reads the end of its input and kills it.
 */
final class AnvilProcess implements AutoCloseable {
    static final long CHAIN_ID = 31_337;

    /** Wei of a coin. */
    static final BigInteger COIN = BigInteger.TEN.pow(18);

    /** Anvil's published development accounts. */
    private static final List<SignerKey> RICH = List.of(
            SignerKey.fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
            SignerKey.fromHex("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
            SignerKey.fromHex("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
            SignerKey.fromHex("0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"));

    private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");

    /** $0 is anvil; it must not hold the pipe itself. */
    private static final String UNTIL_INPUT_ENDS =
            "exec 3<&0; \"$0\" \"$@\" </dev/null 3<&- & read _ <&3; kill -9 $! 2>/dev/null";

    private final Process shell;
    private final URI uri;
    private final HttpClient http = HttpClient.newHttpClient();
    private final RpcEndpoint rpc;

    private AnvilProcess(Process shell, int port) {
        this.shell = shell;
        this.uri = URI.create("http://127.0.0.1:" + port);
        this.rpc = new RpcEndpoint(http, uri, Duration.ofSeconds(20));
    }

    /** Mines only when told to. */
    static AnvilProcess minedByHand(String... arguments) {
        var all = new ArrayList<>(List.of("--no-mining"));
        all.addAll(List.of(arguments));
        return start(all);
    }

    /** Mines a block a second. */
    static AnvilProcess minedEverySecond() {
        return start(List.of("--block-time", "1"));
    }

    private static AnvilProcess start(List<String> arguments) {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_INPUT_ENDS, binary().toString()));
        command.addAll(List.of("--port", "0", "--chain-id", Long.toString(CHAIN_ID)));
        command.addAll(arguments);
        try {
            var shell = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = shell.inputReader();
            var port = readPort(output);
            Thread.ofVirtual().start(() -> drain(output));
            return new AnvilProcess(shell, port);
        } catch (IOException failure) {
            throw new IllegalStateException("anvil did not start", failure);
        }
    }

    private static Path binary() {
        var binary =
                Path.of("../contracts/node_modules/.bin/anvil").toAbsolutePath().normalize();
        if (!Files.isExecutable(binary)) {
            throw new IllegalStateException("expected anvil at " + binary + "; the build of src/contracts installs it");
        }
        return binary;
    }

    private static int readPort(BufferedReader output) throws IOException {
        var said = new StringBuilder();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            var listening = LISTENING.matcher(line);
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
        }
        throw new IOException("anvil ended: " + said);
    }

    /** So that a full pipe never holds anvil up. */
    private static void drain(BufferedReader output) {
        try {
            output.transferTo(java.io.Writer.nullWriter());
        } catch (IOException _) {
            // it has ended
        }
    }

    URI uri() {
        return uri;
    }

    Rpc rpc() {
        return rpc;
    }

    SignerKey rich(int index) {
        return RICH.get(index);
    }

    ChainEndpoints endpoints() {
        return new ChainEndpoints(CHAIN_ID, List.of(uri));
    }

    JsonNode call(String method, Object... params) {
        return rpc.call(method, params);
    }

    BlockRef mine() {
        call("evm_mine");
        return head();
    }

    void mine(int blocks) {
        call("anvil_mine", Hex.quantity(blocks));
    }

    BlockRef head() {
        return ChainReads.head(rpc);
    }

    long nonce(Address account) {
        return ChainReads.nonce(rpc, account, head().number());
    }

    BigInteger balance(Address account) {
        return ChainReads.balance(rpc, account, head().number());
    }

    void setBalance(Address account, BigInteger wei) {
        call("anvil_setBalance", account.hex(), Hex.quantity(wei));
    }

    /** Takes a transaction out of the pool, as a restart of the endpoint would. */
    void dropFromPool(Bytes32 transaction) {
        call("anvil_dropTransaction", transaction.hex());
    }

    void dropAllFromPool() {
        call("anvil_dropAllTransactions");
    }

    int pooled() {
        var status = call("txpool_status");
        return (int) (Hex.toLong(status.path("pending").asText())
                + Hex.toLong(status.path("queued").asText()));
    }

    /** Replaces the newest blocks by as many empty ones. */
    void reorg(int depth) {
        call("anvil_reorg", depth, List.of());
    }

    @Override
    public void close() {
        http.close();
        try {
            shell.outputWriter().close();
            shell.waitFor();
        } catch (IOException | InterruptedException failure) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
