package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** An endpoint that answers what the test says, or hangs, or lies. */
final class FakeRpcServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How it behaves. */
    enum Mood {
        WELL,
        /** Takes the request and never answers. */
        HANGS,
        /** Sends headers and a part of the answer, then nothing. */
        HANGS_IN_THE_ANSWER,
        /** Answers with the id of another request. */
        WRONG_ID,
        /** JSON-RPC, but no result has the form it should have. */
        NONSENSE,
        /** An error page. */
        NO_JSON,
        /** JSON-RPC's "internal error", HTTP 200. */
        INTERNAL_ERROR,
        /** Refuses what it is asked, in words of its own. */
        REFUSES
    }

    final List<String> methods = new CopyOnWriteArrayList<>();
    volatile Mood mood = Mood.WELL;
    volatile long chainId;
    volatile long headNumber = 100;
    volatile Instant headTime = Instant.parse("2026-11-22T12:00:00Z");

    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);

    FakeRpcServer(long chainId) {
        this.chainId = chainId;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    long count(String method) {
        return methods.stream().filter(method::equals).count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = JSON.readTree(exchange.getRequestBody());
            methods.add(request.path("method").asText());
            switch (mood) {
                case HANGS -> await();
                case HANGS_IN_THE_ANSWER -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write("{\"jsonrpc\":".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    await();
                }
                case NO_JSON -> send(exchange, 502, "<html>bad gateway</html>");
                case INTERNAL_ERROR -> send(exchange, 200, error(request, -32_603, "internal error"));
                case REFUSES -> send(exchange, 200, refusal(request));
                case WRONG_ID ->
                    send(exchange, 200, result(request).put("id", 4_711).toString());
                case NONSENSE ->
                    send(
                            exchange,
                            200,
                            result(request).put("result", "nonsense").toString());
                case WELL -> send(exchange, 200, result(request).toString());
            }
        }
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String refusal(JsonNode request) {
        return request.path("method").asText().equals("eth_chainId")
                ? result(request).toString()
                : error(request, -32_000, "tx already in mempool");
    }

    private static String error(JsonNode request, int code, String text) {
        var answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", request.path("id"));
        answer.putObject("error").put("code", code).put("message", text);
        return answer.toString();
    }

    private ObjectNode result(JsonNode request) {
        var answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", request.path("id"));
        switch (request.path("method").asText()) {
            case "eth_chainId" -> answer.put("result", Hex.quantity(chainId));
            case "eth_getBlockByNumber" ->
                answer.putObject("result")
                        .put("number", Hex.quantity(headNumber))
                        .put("hash", "0x" + "%064x".formatted(headNumber))
                        .put("timestamp", Hex.quantity(headTime.getEpochSecond()));
            default -> answer.put("result", "0x1");
        }
        return answer;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
