package io.tollkeeper.localcluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The development chain: Foundry's anvil as a child process, a block a second, on loopback. Its accounts come from the
 * mnemonic that all development chains share: whatever they hold is worth nothing.
 */
public final class Anvil implements AutoCloseable {
    /** Chain id. */
    public static final long CHAIN_ID = 31_337;

    /** Private keys of ten funded accounts, 32 bytes in hex each. */
    public static final List<String> KEYS = List.of(
            "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
            "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
            "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
            "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
            "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
            "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
            "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
            "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
            "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
            "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6");

    private static final String MNEMONIC = "test test test test test test test test test test test junk";
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);

    private final Child process;
    private final String url;

    private Anvil(Child process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts the chain and waits until it answers.
     *
     * @param children whose life it shares, for example {@link LocalCluster#children}
     * @param binary the program, for example {@code src/contracts/node_modules/.bin/anvil}
     * @param options further options of anvil, for example {@code --enable-tx-gas-limit}
     */
    public static Anvil start(Children children, Path binary, String... options) {
        if (!Files.isExecutable(binary)) {
            throw new IllegalArgumentException("expected anvil at " + binary.toAbsolutePath()
                    + "; the build of src/contracts brings it (npm ci there)");
        }
        var port = LocalNetwork.freePort("127.0.0.1");
        var command = new ArrayList<>(List.of(
                binary.toAbsolutePath().toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--block-time",
                "1",
                "--chain-id",
                String.valueOf(CHAIN_ID),
                "--mnemonic",
                MNEMONIC,
                "--quiet"));
        command.addAll(List.of(options));
        var process = children.start(
                "anvil", command, Map.of("HOME", children.directory().toString()));
        var anvil = new Anvil(process, "http://127.0.0.1:" + port);
        Wait.until(
                "anvil answers at " + anvil.url(),
                READY_LIMIT,
                anvil::answers,
                () -> process + ": " + process.lastLines(10));
        return anvil;
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(process + ": " + process.lastLines(10));
        }
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(2))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}"))
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.body().contains("0x" + Long.toHexString(CHAIN_ID));
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while anvil starts", e);
        }
    }

    /** JSON-RPC endpoint. */
    public String url() {
        return url;
    }

    /** Stops the chain where it stands: connections stay open and nothing answers. */
    public void freeze() {
        process.freeze();
    }

    /** Lets the chain go on. */
    public void thaw() {
        process.thaw();
    }

    /** Ends the chain; what it held is gone. */
    @Override
    public void close() {
        process.kill();
    }
}
