package io.tollkeeper.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Several RPC endpoints of one chain, used as one.
 *
 * <ul>
 *   <li>No request lasts longer than the time-out (2 s).
 *   <li>An endpoint is used only after it has named the right chain id, and asked anew after each failure.
 *   <li>Reads stick to one endpoint until it fails or its head falls behind the others': two reads in a row then see
 *       one view of the chain. {@link #read} runs a whole sequence of reads on one endpoint.
 *   <li>Sends go to all.
 * </ul>
 *
 * An endpoint that failed is left alone for a moment that doubles with each failure. When all are, calls fail at once
 * instead of waiting for time-outs, so that nobody's scheduler hangs on a dead chain.
 */
public final class ChainEndpoints implements ChainAccess, AutoCloseable {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(3);
    private static final Duration BACK_OFF_FIRST = Duration.ofMillis(250);
    private static final Duration BACK_OFF_MAX = Duration.ofSeconds(5);

    /** How much older another head must be than the newest before its endpoint is left. */
    private static final Duration STALE_AFTER = Duration.ofSeconds(10);

    private final long chainId;
    private final Clock clock;
    private final HttpClient http;
    private final List<Endpoint> endpoints;
    private final Object lock = new Object();
    private final AtomicBoolean probing = new AtomicBoolean();
    private Endpoint current;
    private Instant nextProbe;

    public ChainEndpoints(long chainId, List<URI> endpoints) {
        this(chainId, endpoints, Clock.systemUTC(), DEFAULT_TIMEOUT);
    }

    public ChainEndpoints(long chainId, List<URI> endpoints, Clock clock, Duration timeout) {
        this(chainId, endpoints, clock, timeout, Instant.MIN);
    }

    /** For tests that probe by themselves: {@code firstProbe} after their end. */
    ChainEndpoints(long chainId, List<URI> endpoints, Clock clock, Duration timeout, Instant firstProbe) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints is empty");
        }
        this.chainId = chainId;
        this.clock = clock;
        this.http = newHttpClient(timeout);
        this.endpoints = endpoints.stream()
                .map(uri -> new Endpoint(new RpcEndpoint(http, uri, timeout)))
                .toList();
        this.current = this.endpoints.getFirst();
        this.nextProbe = firstProbe;
    }

    public static ChainEndpoints of(ChainConfig config) {
        return new ChainEndpoints(config.chainId(), config.endpoints());
    }

    /** The chain id that this endpoint names: for tools that are told a URL and nothing else. */
    public static long chainIdOf(URI uri) {
        try (var http = newHttpClient(DEFAULT_TIMEOUT)) {
            return Hex.toLong(new RpcEndpoint(http, uri, DEFAULT_TIMEOUT)
                    .call("eth_chainId")
                    .asText());
        } catch (RpcTransportException away) {
            throw new ChainUnavailableException(messageOf(away), away);
        }
    }

    private static HttpClient newHttpClient(Duration timeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    @Override
    public long chainId() {
        return chainId;
    }

    /** One read; see {@link #read}. */
    public JsonNode call(String method, Object... params) {
        return read(rpc -> rpc.call(method, params));
    }

    @Override
    public <T> T read(Function<Rpc, T> sequence) {
        probeIfDue();
        var failures = new ArrayList<String>();
        Optional<RpcErrorException> refusal = Optional.empty();
        for (var endpoint : candidates()) {
            try {
                endpoint.requireChain();
                var result = sequence.apply(endpoint.rpc);
                succeeded(endpoint);
                return result;
            } catch (RpcTransportException failure) {
                failed(endpoint, messageOf(failure));
                failures.add(messageOf(failure));
            } catch (WrongChainException wrong) {
                failures.add(messageOf(wrong));
            } catch (RpcErrorException error) {
                if (!error.isEndpointsOwnTrouble()) {
                    throw error;
                }
                refusal = Optional.of(error);
                failures.add(endpoint.rpc.uri() + " " + messageOf(error));
            }
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        throw noneLeft(failures);
    }

    @Override
    public List<SendAnswer> send(byte[] signed) {
        var data = Hex.data(signed);
        var answers = endpoints.stream().map(endpoint -> send(endpoint, data)).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<SendAnswer> send(Endpoint endpoint, String data) {
        if (isBackingOff(endpoint)) {
            return CompletableFuture.completedFuture(
                    new SendAnswer.Unreachable(endpoint.rpc.uri(), endpoint.trouble()));
        }
        return endpoint.requireChainAsync()
                .thenCompose(_ -> endpoint.rpc.callAsync("eth_sendRawTransaction", data))
                .handle((_, failure) -> {
                    var uri = endpoint.rpc.uri();
                    if (failure == null) {
                        return new SendAnswer.Accepted(uri);
                    }
                    return switch (unwrap(failure)) {
                        case RpcErrorException error -> new SendAnswer.Refused(uri, error.code(), error.text());
                        case WrongChainException wrong -> new SendAnswer.Unreachable(uri, messageOf(wrong));
                        case Throwable away -> {
                            failed(endpoint, messageOf(away));
                            yield new SendAnswer.Unreachable(uri, messageOf(away));
                        }
                    };
                });
    }

    /** What is known of one endpoint. */
    public record Health(URI endpoint, boolean usable, Optional<BlockRef> head, Optional<String> trouble) {}

    public List<Health> health() {
        synchronized (lock) {
            return endpoints.stream()
                    .map(endpoint -> new Health(
                            endpoint.rpc.uri(),
                            endpoint.trouble.isEmpty(),
                            endpoint.head,
                            endpoint.trouble.isEmpty() ? Optional.empty() : Optional.of(endpoint.trouble)))
                    .toList();
        }
    }

    /** The newest head that any endpoint has shown. */
    public Optional<BlockRef> head() {
        synchronized (lock) {
            return endpoints.stream()
                    .flatMap(endpoint -> endpoint.head.stream())
                    .max(ChainEndpoints::compareHeads);
        }
    }

    /** How old our view of the chain is: the time since the newest block that any endpoint has shown; empty before the first. */
    public Optional<Duration> viewAge() {
        return head().map(head -> Duration.between(head.time(), clock.instant()))
                .map(age -> age.isNegative() ? Duration.ZERO : age);
    }

    /** Asks every endpoint for chain id and head, and waits for the answers. Reads do it by themselves, in the background. */
    public void probe() {
        var probes = endpoints.stream().map(this::probe).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(probes).join();
    }

    private void probeIfDue() {
        var now = clock.instant();
        synchronized (lock) {
            if (now.isBefore(nextProbe)) {
                return;
            }
            nextProbe = now.plus(PROBE_INTERVAL);
        }
        if (probing.compareAndSet(false, true)) {
            var probes = endpoints.stream().map(this::probe).toArray(CompletableFuture<?>[]::new);
            var _ = CompletableFuture.allOf(probes).whenComplete((_, _) -> probing.set(false));
        }
    }

    private CompletableFuture<Void> probe(Endpoint endpoint) {
        return endpoint.askChainAsync()
                .thenCompose(_ -> endpoint.rpc.callAsync("eth_getBlockByNumber", "latest", false))
                .handle((block, failure) -> {
                    if (failure == null) {
                        sawHead(endpoint, ChainReads.parseBlock(block));
                    } else if (!(unwrap(failure) instanceof WrongChainException)) {
                        failed(endpoint, messageOf(unwrap(failure)));
                    }
                    return null;
                });
    }

    private List<Endpoint> candidates() {
        synchronized (lock) {
            var newest = head();
            if (isStale(current, newest)) {
                endpoints.stream()
                        .filter(endpoint -> !isStale(endpoint, newest) && !isBackingOff(endpoint))
                        .findFirst()
                        .ifPresent(fresher -> current = fresher);
            }
            var candidates = new ArrayList<Endpoint>();
            candidates.add(current);
            endpoints.stream()
                    .filter(endpoint -> endpoint != current && !isStale(endpoint, newest))
                    .forEach(candidates::add);
            endpoints.stream()
                    .filter(endpoint -> endpoint != current && isStale(endpoint, newest))
                    .forEach(candidates::add);
            candidates.removeIf(this::isBackingOff);
            return candidates;
        }
    }

    private boolean isStale(Endpoint endpoint, Optional<BlockRef> newest) {
        return newest.isPresent()
                && endpoint.head.isPresent()
                && endpoint.head.get().number() < newest.get().number()
                && endpoint.head
                        .get()
                        .time()
                        .plus(STALE_AFTER)
                        .isBefore(newest.get().time());
    }

    private static int compareHeads(BlockRef one, BlockRef other) {
        var byTime = one.time().compareTo(other.time());
        return byTime != 0 ? byTime : Long.compare(one.number(), other.number());
    }

    private boolean isBackingOff(Endpoint endpoint) {
        synchronized (lock) {
            return clock.instant().isBefore(endpoint.notBefore);
        }
    }

    private void succeeded(Endpoint endpoint) {
        synchronized (lock) {
            endpoint.failures = 0;
            endpoint.trouble = "";
            current = endpoint;
        }
    }

    private void sawHead(Endpoint endpoint, BlockRef head) {
        synchronized (lock) {
            endpoint.failures = 0;
            endpoint.notBefore = Instant.MIN;
            endpoint.trouble = "";
            endpoint.head = Optional.of(head);
        }
    }

    private void failed(Endpoint endpoint, String why) {
        synchronized (lock) {
            endpoint.chainIdKnown = false;
            endpoint.trouble = why;
            var wait = BACK_OFF_FIRST.multipliedBy(1L << Math.min(endpoint.failures, 10));
            endpoint.failures++;
            endpoint.notBefore = clock.instant().plus(wait.compareTo(BACK_OFF_MAX) > 0 ? BACK_OFF_MAX : wait);
        }
    }

    private ChainException noneLeft(List<String> failures) {
        synchronized (lock) {
            var foreign = endpoints.stream().allMatch(endpoint -> endpoint.otherChainId.isPresent());
            var known = endpoints.stream()
                    .map(Endpoint::trouble)
                    .filter(text -> !text.isEmpty())
                    .toList();
            var reasons = String.join("; ", failures.isEmpty() ? known : failures);
            return foreign
                    ? new WrongChainException(reasons)
                    : new ChainUnavailableException("no endpoint: " + reasons);
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private static String messageOf(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** Mutable parts are guarded by {@link #lock}. */
    private final class Endpoint {
        private final RpcEndpoint rpc;
        private boolean chainIdKnown;
        private OptionalLong otherChainId = OptionalLong.empty();
        private int failures;
        private Instant notBefore = Instant.MIN;
        private String trouble = "";
        private Optional<BlockRef> head = Optional.empty();

        Endpoint(RpcEndpoint rpc) {
            this.rpc = rpc;
        }

        String trouble() {
            synchronized (lock) {
                return trouble;
            }
        }

        void requireChain() {
            try {
                requireChainAsync().join();
            } catch (java.util.concurrent.CompletionException failure) {
                switch (failure.getCause()) {
                    case ChainException known -> throw known;
                    case null, default -> throw failure;
                }
            }
        }

        CompletableFuture<Void> requireChainAsync() {
            synchronized (lock) {
                if (chainIdKnown) {
                    return CompletableFuture.completedFuture(null);
                }
            }
            return askChainAsync();
        }

        CompletableFuture<Void> askChainAsync() {
            return rpc.callAsync("eth_chainId").thenAccept(answer -> {
                var actual = Hex.toLong(answer.asText());
                synchronized (lock) {
                    chainIdKnown = actual == chainId;
                    otherChainId = chainIdKnown ? OptionalLong.empty() : OptionalLong.of(actual);
                    if (!chainIdKnown) {
                        head = Optional.empty();
                        trouble = rpc.uri() + " is of chain " + actual + ", expected chain " + chainId;
                        throw new WrongChainException(trouble);
                    }
                }
            });
        }
    }
}
