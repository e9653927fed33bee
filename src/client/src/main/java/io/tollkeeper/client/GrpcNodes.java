package io.tollkeeper.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.BillingNodeGrpc;
import io.tollkeeper.protocol.v1.BillingNodeGrpc.BillingNodeBlockingStub;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.StatusQuery;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Nodes over gRPC, one channel for each server. A channel whose call failed on the way is given up: grpc-java would wait
 * up to two minutes before it tries that address again, and which server is tried when is the server list's decision.
 */
final class GrpcNodes implements Nodes {
    private final Duration timeout;
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private boolean closed;

    GrpcNodes(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public SubmitAck submit(String url, ReportBatch batch) throws NodeCallException {
        return call(url, stub -> stub.submit(batch));
    }

    @Override
    public StatusAnswer status(String url) throws NodeCallException {
        return call(url, stub -> stub.status(StatusQuery.getDefaultInstance()));
    }

    @Override
    public PositionAnswer position(String url, AgreementQuery query) throws NodeCallException {
        return call(url, stub -> stub.position(query));
    }

    @Override
    public synchronized void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }

    private <T> T call(String url, Function<BillingNodeBlockingStub, T> method) throws NodeCallException {
        var channel = channel(url);
        try {
            return method.apply(BillingNodeGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException failure) {
            if (lostItsConnection(failure.getStatus())) {
                giveUp(url, channel);
            }
            throw new NodeCallException(kindOf(failure.getStatus()), describe(failure.getStatus()));
        }
    }

    private static boolean lostItsConnection(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    static ServerList.Failure kindOf(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return ServerList.Failure.TIMEOUT;
        }
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return ServerList.Failure.REFUSED;
            }
        }
        return ServerList.Failure.ERROR;
    }

    private static String describe(Status status) {
        var cause = rootMessage(status.getCause());
        var description = status.getDescription() == null ? "" : ": " + status.getDescription();
        return status.getCode() + (cause == null ? description : ": " + cause);
    }

    private static @Nullable String rootMessage(@Nullable Throwable cause) {
        var last = cause;
        while (last != null && last.getCause() != null) {
            last = last.getCause();
        }
        return last == null ? null : last.getMessage();
    }

    private synchronized ManagedChannel channel(String url) throws NodeCallException {
        if (closed) {
            throw new NodeCallException(ServerList.Failure.ERROR, "the client ends");
        }
        return channels.computeIfAbsent(url, GrpcNodes::open);
    }

    private synchronized void giveUp(String url, ManagedChannel channel) {
        channels.remove(url, channel);
        channel.shutdownNow();
    }

    private static ManagedChannel open(String url) {
        var uri = URI.create(url);
        var secure = "https".equals(uri.getScheme());
        var port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        var builder = NettyChannelBuilder.forAddress(uri.getHost(), port).proxyDetector(_ -> null);
        if (!secure) {
            builder.usePlaintext();
        }
        return builder.build();
    }
}
