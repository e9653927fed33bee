package io.tollkeeper.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxPolicy;
import io.tollkeeper.chain.OutboxState;
import io.tollkeeper.chain.OutboxStore;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** An epoch of a node that will be moved away from: what it was, so that it can be watched when it comes back. */
final class OldEpoch {
    private static final Pattern REFUSED_ANCHORS =
            Pattern.compile("^tollkeeper_anchors_total\\{outcome=\"refused\",?} ([0-9.]+)", Pattern.MULTILINE);
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration WATCH_PAUSE = Duration.ofMillis(100);
    private static final Duration ANCHOR_LIMIT = Duration.ofSeconds(20);
    private static final long GAS_LIMIT = 200_000;

    private final Stage stage;
    private final Bytes32 nodeId;
    private final long epoch;
    private final String address;
    private final SignerKey key;
    private final HttpClient http = HttpClient.newHttpClient();

    private OldEpoch(Stage stage, Bytes32 nodeId, long epoch, String address, SignerKey key) {
        this.stage = stage;
        this.nodeId = nodeId;
        this.epoch = epoch;
        this.address = address;
        this.key = key;
    }

    /** Notes address and key of the epoch that a node runs now; its key Secret goes with it. */
    static OldEpoch remember(Stage stage, NodeStatus node) {
        var name = Objects.requireNonNull(node.pod());
        var pod = stage.kubernetes()
                .pods()
                .inNamespace(Stage.NAMESPACE)
                .withName(name)
                .get();
        var secret = stage.kubernetes()
                .secrets()
                .inNamespace(Stage.NAMESPACE)
                .withName(node.name() + "-e" + node.epoch())
                .get();
        var hex = new String(Base64.getDecoder().decode(secret.getData().get("key")), UTF_8);
        return new OldEpoch(
                stage,
                Bytes32.fromHex(Objects.requireNonNull(node.nodeId())),
                node.epoch(),
                pod.getStatus().getPodIP(),
                SignerKey.fromHex(hex.strip()));
    }

    long epoch() {
        return epoch;
    }

    /** Whether its log is longer than its newest anchor says. */
    boolean holdsUnanchoredRecords() throws IOException, InterruptedException {
        var status = new ObjectMapper().readTree(get(NodePorts.STATUS_PATH));
        return status.get("logSize").asLong() > status.get("anchoredSize").asLong();
    }

    /**
     * Watches the old process while it lives after its zone came back.
     *
     * @return how many of its writes the contract refused, by its own count
     */
    int refusedWrites(Duration watch) {
        var end = System.nanoTime() + watch.toNanos();
        var refused = 0;
        while (System.nanoTime() < end && refused == 0) {
            try {
                var found = REFUSED_ANCHORS.matcher(get(NodePorts.METRICS_PATH));
                if (found.find()) {
                    refused = (int) Double.parseDouble(found.group(1));
                }
            } catch (IOException _) {
                // It is not awake yet, or has ended already; the time is up soon.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return refused;
            }
            LockSupport.parkNanos(WATCH_PAUSE.toNanos());
        }
        return refused;
    }

    /** Signs an anchor with the old key and hands it to the chain; gives how many were refused: one, if all is right. */
    int tryToAnchorWithItsKey() {
        var outbox = new Outbox(
                OutboxStore.inMemory(),
                key,
                stage.chain().endpoints(),
                OutboxPolicy.withFinalityDepth(stage.chain().config().finalityDepth()),
                Clock.systemUTC());
        var call = stage.chain()
                .usageAnchor()
                .anchor(nodeId, epoch, Long.MAX_VALUE >> 1, Bytes32.of(new byte[Bytes32.LENGTH]), new byte[0]);
        var id = outbox.submit("zombie", call, GAS_LIMIT);
        try {
            return outbox.await(id, ANCHOR_LIMIT) instanceof OutboxState.Reverted reverted
                            && reverted.reason().toString().contains("SignerNotActive")
                    ? 1
                    : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + address + ":" + NodePorts.HTTP + path))
                .timeout(HTTP_TIMEOUT)
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
