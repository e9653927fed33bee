package io.tollkeeper.localcluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnvilTest {
    private static final Path BINARY =
            Path.of("..", "contracts", "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");

    @Test
    void theChainMakesBlocksAndEndsWithItsRun() throws Exception {
        assumeTrue(Files.isExecutable(BINARY), "the build of src/contracts brings anvil");
        try (var children = Children.open(Path.of("target", "anvil"))) {
            var anvil = Anvil.start(children, BINARY);
            var first = blockNumber(anvil);
            Wait.until("a new block", Duration.ofSeconds(10), () -> blockNumber(anvil) > first);
            assertThat(call(anvil, "eth_accounts")).contains("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
            anvil.close();
            Wait.until("nothing listens", Duration.ofSeconds(10), () -> !listens(anvil));
        }
    }

    private static long blockNumber(Anvil anvil) {
        var answer = call(anvil, "eth_blockNumber");
        var hex = answer.substring(answer.indexOf("0x") + 2, answer.lastIndexOf('"'));
        return Long.parseLong(hex, 16);
    }

    private static boolean listens(Anvil anvil) {
        try {
            send(anvil, "eth_chainId");
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static String call(Anvil anvil, String method) {
        try {
            return send(anvil, method);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String send(Anvil anvil, String method) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(anvil.url()))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":[]}"))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
