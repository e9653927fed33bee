package io.tollkeeper.operator.report;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.BillingNodeStatus.ZoneStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;

/** What Prometheus sees of the operator. Labels are bounded by what the cluster holds. */
public final class Metrics {
    private final CollectorRegistry registry = new CollectorRegistry();

    private final Histogram failover = Histogram.build()
            .name("tollkeeper_operator_failover_seconds")
            .help("Time of a failover by phase: detect (last sign of life to decision), place (to bound), start (to"
                    + " Ready), register (bound to registered on the chain).")
            .labelNames("phase")
            .buckets(0.5, 1, 2, 3, 5, 8, 12, 20, 30, 60, 120, 300)
            .register(registry);

    private final Counter moves = Counter.build()
            .name("tollkeeper_operator_moves_total")
            .help("Moves of nodes by reason and result (begun, done, again).")
            .labelNames("reason", "result")
            .register(registry);

    private final Gauge nodes = Gauge.build()
            .name("tollkeeper_operator_nodes")
            .help("Nodes of a BillingNode by verdict; MOVING while in a move.")
            .labelNames("namespace", "billing_node", "verdict")
            .register(registry);

    private final Gauge ready = Gauge.build()
            .name("tollkeeper_operator_ready_nodes")
            .help("Ready nodes of a BillingNode.")
            .labelNames("namespace", "billing_node")
            .register(registry);

    private final Gauge wanted = Gauge.build()
            .name("tollkeeper_operator_wanted_nodes")
            .help("Nodes that a BillingNode asks for.")
            .labelNames("namespace", "billing_node")
            .register(registry);

    private final Gauge breaker = Gauge.build()
            .name("tollkeeper_operator_breaker_open")
            .help("1 while the operator moves no node of this BillingNode.")
            .labelNames("namespace", "billing_node")
            .register(registry);

    private final Gauge zones = Gauge.build()
            .name("tollkeeper_operator_zone_state")
            .help("1 for the state in which a BillingNode sees a zone.")
            .labelNames("namespace", "billing_node", "zone", "state")
            .register(registry);

    private final Gauge funds = Gauge.build()
            .name("tollkeeper_operator_admin_funds_wei")
            .help("Balance of the NODE_ADMIN account of a chain.")
            .labelNames("chain")
            .register(registry);

    private final Gauge chainReachable = Gauge.build()
            .name("tollkeeper_operator_chain_reachable")
            .help("1 while the operator reaches the chain.")
            .labelNames("chain")
            .register(registry);

    private final Gauge leader = Gauge.build()
            .name("tollkeeper_operator_is_leader")
            .help("1 on the replica that acts.")
            .register(registry);

    private final Gauge clockRuns = Gauge.build()
            .name("tollkeeper_operator_detection_clock_runs")
            .help("1 while the operator's own API calls succeed, so that silent Leases mean something.")
            .register(registry);

    private final Counter failedPasses = Counter.build()
            .name("tollkeeper_operator_failed_actions_total")
            .help("Actions that the API server refused or that could not be done.")
            .register(registry);

    public Metrics() {
        for (String phase : new String[] {"detect", "place", "start", "register"}) {
            failover.labels(phase);
        }
    }

    void phase(String phase, Duration took) {
        failover.labels(phase).observe(Math.max(0, took.toMillis()) / 1000.0);
    }

    void move(String reason, String result) {
        moves.labels(reason, result).inc();
    }

    public void actionFailed() {
        failedPasses.inc();
    }

    public void leader(boolean leads) {
        leader.set(leads ? 1 : 0);
    }

    public void clockRuns(boolean runs) {
        clockRuns.set(runs ? 1 : 0);
    }

    public void chain(String chain, boolean reachable) {
        chainReachable.labels(chain).set(reachable ? 1 : 0);
    }

    public void adminFunds(String chain, BigInteger wei) {
        funds.labels(chain).set(wei.doubleValue());
    }

    public void status(String namespace, String name, int replicas, BillingNodeStatus status) {
        ready.labels(namespace, name).set(status.readyReplicas());
        wanted.labels(namespace, name).set(replicas);
        breaker.labels(namespace, name).set(status.breaker().open() ? 1 : 0);
        for (Verdict verdict : Verdict.values()) {
            nodes.labels(namespace, name, verdict.name()).set((double) status.nodes().stream()
                    .filter(node -> node.verdict() == verdict)
                    .count());
        }
        nodes.labels(namespace, name, "MOVING").set((double) status.nodes().stream()
                .map(NodeStatus::failover)
                .filter(java.util.Objects::nonNull)
                .count());
        for (ZoneStatus zone : status.zones()) {
            for (ZoneStatus.State state : ZoneStatus.State.values()) {
                zones.labels(namespace, name, zone.name(), state.name()).set(zone.state() == state ? 1 : 0);
            }
        }
    }

    /** Forgets a BillingNode that is gone. */
    public void forget(String namespace, String name, BillingNodeStatus last) {
        ready.remove(namespace, name);
        wanted.remove(namespace, name);
        breaker.remove(namespace, name);
        for (Verdict verdict : Verdict.values()) {
            nodes.remove(namespace, name, verdict.name());
        }
        nodes.remove(namespace, name, "MOVING");
        for (ZoneStatus zone : last.zones()) {
            for (ZoneStatus.State state : ZoneStatus.State.values()) {
                zones.remove(namespace, name, zone.name(), state.name());
            }
        }
    }

    public String text() {
        StringWriter text = new StringWriter();
        try {
            TextFormat.write004(text, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
