package io.tollkeeper.node.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.vertx.http.ManagementInterface;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.node.Node;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Probes, status and metrics, on the management interface. Each is answered on a thread of its own. */
@ApplicationScoped
public class HttpDoor {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final ObjectMapper json = new ObjectMapper();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    void register(@Observes ManagementInterface http) {
        Router router = http.router();
        router.get(NodePorts.LIVE_PATH).handler(call -> text(call, OK, "UP\n"));
        router.get(NodePorts.READY_PATH).handler(call -> threads.execute(() -> ready(call)));
        router.get(NodePorts.STATUS_PATH).handler(call -> threads.execute(() -> status(call)));
        router.get(NodePorts.METRICS_PATH)
                .handler(call -> threads.execute(
                        () -> text(call, OK, Node.running().metrics().text())));
    }

    private void ready(RoutingContext call) {
        Optional<String> why = Node.running().status().notReady();
        text(call, why.isEmpty() ? OK : UNAVAILABLE, why.orElse("UP") + "\n");
    }

    private void status(RoutingContext call) {
        try {
            StatusAnswer status = Node.running().status().afterSyncedWrite();
            ObjectNode answer = json.createObjectNode()
                    .put("nodeName", status.getNodeName())
                    .put(
                            "nodeId",
                            "0x" + HexFormat.of().formatHex(status.getNodeId().toByteArray()))
                    .put("epoch", status.getEpoch())
                    .put("accepting", status.getAccepting())
                    .put("reason", status.getReason())
                    .put("logSize", status.getLogSize())
                    .put("anchoredSize", status.getAnchoredSize())
                    .put("registered", status.getRegistered());
            send(call, OK, "application/json", answer.toPrettyString() + "\n");
        } catch (Exception e) {
            text(call, UNAVAILABLE, e.getMessage() + "\n");
        }
    }

    private static void text(RoutingContext call, int code, String body) {
        send(call, code, "text/plain; version=0.0.4; charset=utf-8", body);
    }

    private static void send(RoutingContext call, int code, String type, String body) {
        HttpServerResponse response = call.response();
        if (!response.ended()) {
            response.setStatusCode(code).putHeader("Content-Type", type).end(body);
        }
    }
}
