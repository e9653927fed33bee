package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The loopback addresses of one cluster. On Linux all of 127.0.0.0/8 is bound without any set-up, and a Service's
 * ClusterIP and a pod's address are addresses of it. Clusters that run at once on a machine take different slots:
 *
 * <pre>
 *   127.(96 + slot).0.0/16     Services
 *   127.(160 + slot).0.0/16    pods; in it 127.(160 + slot).255.1 … the Nodes, .255.250 the control plane
 * </pre>
 *
 * A slot is held by a listening socket, which the kernel closes however its holder ends.
 */
final class LocalNetwork implements AutoCloseable {
    private static final int SLOTS = 32;
    private static final int SLOT_PORT = 16443;
    private static final int POD_ADDRESSES = 250 * 250;

    private final int slot;
    private final ServerSocket held;
    private final AtomicInteger pods = new AtomicInteger();

    private LocalNetwork(int slot, ServerSocket held) {
        this.slot = slot;
        this.held = held;
    }

    static LocalNetwork reserve() {
        for (int slot = 0; slot < SLOTS; slot++) {
            try {
                var socket = new ServerSocket();
                try {
                    socket.bind(new InetSocketAddress("127." + (160 + slot) + ".255.254", SLOT_PORT));
                    return new LocalNetwork(slot, socket);
                } catch (IOException _) {
                    socket.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException(
                "all " + SLOTS + " slots for local clusters are taken, or a process listens on port " + SLOT_PORT
                        + " of all addresses");
    }

    String serviceRange() {
        return "127." + (96 + slot) + ".0.0/16";
    }

    /** The ClusterIP that the API server gives to the Service {@code kubernetes}. */
    String firstServiceAddress() {
        return "127." + (96 + slot) + ".0.1";
    }

    String controlPlaneAddress() {
        return "127." + (160 + slot) + ".255.250";
    }

    /** Address of the {@code n}th Node, from 1. */
    String nodeAddress(int n) {
        if (n < 1 || n >= 250) {
            throw new IllegalArgumentException("expected at most 249 Nodes, got number " + n);
        }
        return "127." + (160 + slot) + ".255." + n;
    }

    /** An address that no pod of this cluster has had before, until some sixty thousand have run. */
    String nextPodAddress() {
        int n = Math.floorMod(pods.getAndIncrement(), POD_ADDRESSES);
        return "127." + (160 + slot) + "." + (1 + n / 250) + "." + (1 + n % 250);
    }

    /** A free TCP port of {@code address}: the usual one if nothing listens there. */
    static int freePort(String address, int usual) {
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(address), usual));
            return usual;
        } catch (IOException _) {
            return freePort(address);
        }
    }

    static int freePort(String address) {
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + address, e);
        }
    }

    @Override
    public void close() {
        try {
            held.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
