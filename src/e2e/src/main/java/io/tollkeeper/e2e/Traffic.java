package io.tollkeeper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Real traffic for the customers' network meters: a sender and a receiver on loopback, at a bounded rate. */
public final class Traffic implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ServerSocket server;
    private final Thread receiver;
    private final Thread sender;
    private volatile boolean stopped;

    /** Starts to send about 160 KiB a second until closed. */
    public Traffic() {
        try {
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        receiver = Thread.ofVirtual().start(this::receive);
        sender = Thread.ofVirtual().start(this::send);
    }

    private void receive() {
        try (var socket = server.accept();
                var in = socket.getInputStream()) {
            var buffer = new byte[CHUNK_BYTES];
            while (in.read(buffer) >= 0 && !stopped) {
                // Read and dropped: only the interface's counters matter.
            }
        } catch (IOException e) {
            reportUnlessStopped(e);
        }
    }

    private void send() {
        try (var socket = new Socket(server.getInetAddress(), server.getLocalPort());
                var out = socket.getOutputStream()) {
            var chunk = new byte[CHUNK_BYTES];
            while (!stopped) {
                out.write(chunk);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (IOException e) {
            reportUnlessStopped(e);
        }
    }

    private void reportUnlessStopped(IOException e) {
        if (!stopped) {
            System.err.println("the demo's own traffic ended early: " + e);
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            server.close();
            sender.join(Duration.ofSeconds(2));
            receiver.join(Duration.ofSeconds(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
