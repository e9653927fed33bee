package io.tollkeeper.localcluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Listens on one address, mostly of a Service. A connection goes to one pod and stays with it, whatever the selector says later. */
final class Forwarder implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int BACKLOG = 1_024;

    private final ServerSocket listener;
    private final Connections connections;
    private final Voice path;
    private volatile List<ServiceRouter.Endpoint> endpoints;

    /**
     * Starts to listen.
     *
     * @param path while it is silent, connections stay open and nothing passes
     */
    Forwarder(InetSocketAddress address, List<ServiceRouter.Endpoint> endpoints, Connections connections, Voice path)
            throws IOException {
        this.path = path;
        this.endpoints = endpoints;
        this.connections = connections;
        this.listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        Thread.ofVirtual().name("service-" + address).start(this::accept);
    }

    /** From now on new connections go to one of these. */
    void lead(List<ServiceRouter.Endpoint> to) {
        endpoints = to;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                Thread.ofVirtual().name("service-connection").start(() -> forward(client));
            } catch (IOException _) {
                // Closed; or a client that was gone before it was met, then the next one is accepted.
            }
        }
    }

    private void forward(Socket client) {
        var candidates = endpoints;
        var endpoint = candidates.get(ThreadLocalRandom.current().nextInt(candidates.size()));
        var pod = new Socket();
        try {
            path.await();
            client.setTcpNoDelay(true);
            pod.setTcpNoDelay(true);
            pod.connect(endpoint.address(), CONNECT_MILLIS);
        } catch (IOException | InterruptedException _) {
            Connections.reset(client);
            Connections.reset(pod);
            return;
        }
        connections.carry(endpoint.podUid(), client, pod, path);
    }

    /** Refuses new connections; existing ones go on. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
