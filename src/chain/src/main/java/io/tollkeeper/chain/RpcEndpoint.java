package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * JSON-RPC over HTTP, one request at a time in a body: no batches, so no pairing of answers by position. The time-out
 * covers the whole exchange: an endpoint that sends its headers and then hangs is as dead as one that never answers.
 */
final class RpcEndpoint implements Rpc {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ANSWER_BYTES_MAX = 64L * 1024 * 1024;

    private final HttpClient http;
    private final URI uri;
    private final Duration timeout;
    private final AtomicLong ids = new AtomicLong();

    RpcEndpoint(HttpClient http, URI uri, Duration timeout) {
        this.http = http;
        this.uri = uri;
        this.timeout = timeout;
    }

    URI uri() {
        return uri;
    }

    @Override
    public JsonNode call(String method, Object... params) {
        try {
            return callAsync(method, params).join();
        } catch (CompletionException failure) {
            // A new exception, so that the trace shows the caller; the cause shows the exchange.
            switch (failure.getCause()) {
                case RpcErrorException error ->
                    throw new RpcErrorException(method, error.code(), error.text(), error.data());
                case RpcTransportException away -> throw new RpcTransportException(reasonOf(away), away);
                case null, default -> throw failure;
            }
        }
    }

    /** The same without waiting; fails with {@link RpcErrorException} or {@link RpcTransportException}. */
    CompletableFuture<JsonNode> callAsync(String method, Object... params) {
        var id = ids.incrementAndGet();
        var exchange = http.sendAsync(
                request(id, method, params), BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
        return exchange.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).handle((response, failure) -> {
            if (failure != null) {
                exchange.cancel(true);
                throw unreachable(method, failure);
            }
            return result(method, id, response);
        });
    }

    private HttpRequest request(long id, String method, Object[] params) {
        var body = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", id).put("method", method);
        body.set("params", JSON.valueToTree(params));
        return HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    private JsonNode result(String method, long id, HttpResponse<byte[]> response) {
        JsonNode answer;
        try {
            answer = JSON.readTree(response.body());
        } catch (java.io.IOException _) {
            throw notJsonRpc(method, response);
        }
        if (answer == null || !answer.isObject()) {
            throw notJsonRpc(method, response);
        }
        var error = answer.path("error");
        if (error.isObject() && (response.statusCode() == 200 || response.statusCode() == 400)) {
            throw new RpcErrorException(
                    method,
                    error.path("code").asInt(),
                    error.path("message").asText(""),
                    errorData(error.path("data")));
        }
        if (response.statusCode() != 200 || !answer.has("result")) {
            throw notJsonRpc(method, response);
        }
        if (answer.path("id").asLong(-1) != id) {
            throw new RpcTransportException(
                    uri + " answered " + method + " with id " + answer.path("id") + ", expected " + id);
        }
        return answer.path("result");
    }

    /** Revert data comes as a string from most, nested in an object from some. */
    private static Optional<String> errorData(JsonNode data) {
        if (data.isTextual()) {
            return Optional.of(data.asText());
        }
        var nested = data.path("data");
        return nested.isTextual() ? Optional.of(nested.asText()) : Optional.empty();
    }

    private RpcTransportException notJsonRpc(String method, HttpResponse<byte[]> response) {
        return new RpcTransportException(
                uri + " answered " + method + " with HTTP " + response.statusCode() + " and no JSON-RPC result");
    }

    private RpcTransportException unreachable(String method, Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        var why = cause instanceof TimeoutException || cause instanceof java.net.http.HttpTimeoutException
                ? "no answer within " + timeout.toMillis() + " ms"
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        return new RpcTransportException(uri + " " + method + ": " + why, cause);
    }

    private static String reasonOf(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
