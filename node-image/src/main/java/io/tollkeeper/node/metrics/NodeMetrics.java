package io.tollkeeper.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.DoubleSupplier;

/** The node's Prometheus figures. Every label is bounded: an error's number, a condition, a reason. */
public final class NodeMetrics {
    private final CollectorRegistry registry = new CollectorRegistry();

    private final Counter records = Counter.build("tollkeeper_records_total", "Records answered, by outcome.")
            .labelNames("outcome")
            .register(registry);
    private final Counter refused = Counter.build(
                    "tollkeeper_records_refused_total", "Records refused, by the number and name of the error.")
            .labelNames("number", "error")
            .register(registry);
    private final Counter readOnly = Counter.build(
                    "tollkeeper_writes_refused_total", "Records refused because this node may not write, by reason.")
            .labelNames("reason")
            .register(registry);
    private final Counter anchors = Counter.build(
                    "tollkeeper_anchors_total", "Anchor transactions, by outcome: queued, final, refused.")
            .labelNames("outcome")
            .register(registry);
    private final Counter settled = Counter.build(
                    "tollkeeper_settle_rows_total", "Rows that this node handed in for settlement, by condition.")
            .labelNames("condition")
            .register(registry);
    private final Counter charged = Counter.build(
                    "tollkeeper_charges_seen_total",
                    "Charges seen on the chain under plans of this node, by condition.")
            .labelNames("condition")
            .register(registry);
    private final Histogram sync = Histogram.build("tollkeeper_sync_seconds", "Time of a group's synced write.")
            .buckets(.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .5, 1, 5)
            .register(registry);

    public void accepted(int count) {
        records.labels("accepted").inc(count);
    }

    public void duplicate(int count) {
        records.labels("duplicate").inc(count);
    }

    public void refused(int number, String name) {
        records.labels("refused").inc();
        refused.labels(Integer.toString(number), name).inc();
    }

    public void refusedReadOnly(String reason, int count) {
        readOnly.labels(reason).inc(count);
    }

    public void anchorQueued() {
        anchors.labels("queued").inc();
    }

    public void anchorFinal() {
        anchors.labels("final").inc();
    }

    public void anchorRefused() {
        anchors.labels("refused").inc();
    }

    public void settled(String condition) {
        settled.labels(condition).inc();
    }

    public void charged(String condition) {
        charged.labels(condition).inc();
    }

    public void synced(long nanos) {
        sync.observe(nanos / 1e9);
    }

    /** Publishes a value that is read whenever somebody asks. */
    public void gauge(String name, String help, DoubleSupplier value) {
        new Collector() {
            @Override
            public List<MetricFamilySamples> collect() {
                return List.of(new MetricFamilySamples(
                        name,
                        Type.GAUGE,
                        help,
                        List.of(new MetricFamilySamples.Sample(name, List.of(), List.of(), value.getAsDouble()))));
            }
        }.register(registry);
    }

    /** All figures in Prometheus' text format. */
    public String text() {
        StringWriter out = new StringWriter();
        try {
            TextFormat.write004(out, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }
}
