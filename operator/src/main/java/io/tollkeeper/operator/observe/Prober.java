package io.tollkeeper.operator.observe;

import io.tollkeeper.api.node.NodePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Asks pods directly, past Service and API server. Never waits: an answer is there at the next look. */
public final class Prober implements AutoCloseable {
    /** An answer older than this says nothing any more. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LongSupplier nanos;
    private final Map<String, Result> results = new ConcurrentHashMap<>();
    private final Set<String> flying = ConcurrentHashMap.newKeySet();

    private record Result(boolean answers, long startedNanos, long endedNanos) {}

    public Prober(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What the newest probe of this pod says that began after {@code sinceNanos}. */
    public ProbeAnswer answer(PodFacts pod, long sinceNanos) {
        Result result = results.get(pod.uid());
        if (result == null
                || result.startedNanos() < sinceNanos
                || nanos.getAsLong() - result.endedNanos() > FRESH.toNanos()) {
            return ProbeAnswer.NONE;
        }
        return result.answers() ? ProbeAnswer.ANSWERS : ProbeAnswer.FAILS;
    }

    /** Starts a probe unless one is out or just came back; {@code done} runs when it ends. */
    public void probe(PodFacts pod, Duration timeout, Runnable done) {
        Result last = results.get(pod.uid());
        if (last != null && nanos.getAsLong() - last.endedNanos() < PAUSE.toNanos()) {
            return;
        }
        if (!flying.add(pod.uid())) {
            return;
        }
        long started = nanos.getAsLong();
        Optional<HttpRequest> request = pod.ip().map(ip -> request(ip, timeout));
        if (request.isEmpty()) {
            ended(pod, false, started, done);
            return;
        }
        var _ = http.sendAsync(request.get(), HttpResponse.BodyHandlers.discarding())
                .orTimeout(timeout.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .whenComplete(
                        (response, fault) -> ended(pod, fault == null && response.statusCode() == OK, started, done));
    }

    public void forget(String podUid) {
        results.remove(podUid);
    }

    private static HttpRequest request(String ip, Duration timeout) {
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + NodePorts.HTTP + NodePorts.STATUS_PATH))
                .timeout(timeout)
                .GET()
                .build();
    }

    private void ended(PodFacts pod, boolean answers, long started, Runnable done) {
        results.put(pod.uid(), new Result(answers, started, nanos.getAsLong()));
        flying.remove(pod.uid());
        done.run();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
