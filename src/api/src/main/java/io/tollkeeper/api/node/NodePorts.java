package io.tollkeeper.api.node;

/** Ports and paths of a billing node, the same in pod, Service and probes. */
public final class NodePorts {
    /** gRPC of the receiver. */
    public static final int GRPC = 7070;

    /** Name of the gRPC port. */
    public static final String GRPC_NAME = "grpc";

    /** HTTP: status, health, metrics. */
    public static final int HTTP = 8080;

    /** Name of the HTTP port. */
    public static final String HTTP_NAME = "http";

    /** Answers 200 after a synced write; what the operator probes. */
    public static final String STATUS_PATH = "/v1/status";

    /** Liveness probe of the kubelet. */
    public static final String LIVE_PATH = "/q/health/live";

    /** Readiness probe of the kubelet. */
    public static final String READY_PATH = "/q/health/ready";

    /** Prometheus text. */
    public static final String METRICS_PATH = "/metrics";

    private NodePorts() {}
}
