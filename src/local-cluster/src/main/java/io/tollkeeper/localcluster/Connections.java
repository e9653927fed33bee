package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that go through Services now. One ends when either side does, or when its pod is gone. */
final class Connections {
    private static final int BUFFER_BYTES = 16 * 1024;

    private record Connection(String podUid, Socket client, Socket pod, Voice path) {
        void reset() {
            Connections.reset(client);
            Connections.reset(pod);
        }
    }

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Carries bytes both ways until both sides are done; blocks its caller. */
    void carry(String podUid, Socket client, Socket pod, Voice path) {
        var connection = new Connection(podUid, client, pod, path);
        open.add(connection);
        var back = Thread.ofVirtual().name("service-answers").start(() -> pump(connection, pod, client));
        pump(connection, client, pod);
        try {
            back.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(pod);
            open.remove(connection);
        }
    }

    /** Breaks the connections of pods that are not among {@code podUids}: their network went with them. */
    void keepOnly(Set<String> podUids) {
        for (var connection : open) {
            if (!podUids.contains(connection.podUid())) {
                connection.reset();
            }
        }
    }

    void closeAll() {
        open.forEach(Connection::reset);
    }

    /** Passes on the end of a stream as such (half-close), and a broken one as broken. */
    private static void pump(Connection connection, Socket from, Socket to) {
        var buffer = new byte[BUFFER_BYTES];
        try {
            var in = from.getInputStream();
            var out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                connection.path().await();
                out.write(buffer, 0, read);
            }
            connection.path().await();
            to.shutdownOutput();
        } catch (IOException | InterruptedException _) {
            connection.reset();
        }
    }

    /** Closes with RST, as where nothing listens. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException _) {
            // Already closed.
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
