package io.tollkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tollkeeper.api.node.NodePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProberTest {
    /** Pods differ by address and not by port, so each test takes a loopback address that nobody else uses. */
    private static final String ADDRESS = "127.213.%d.%d"
            .formatted(
                    (ProcessHandle.current().pid() >> 8) & 0xff,
                    ProcessHandle.current().pid() & 0x7f);

    private static PodFacts pod(Optional<String> ip) {
        return new PodFacts(
                "shop-n0-e1",
                "uid",
                1,
                Optional.empty(),
                Optional.of("zone-a-1"),
                ip,
                false,
                true,
                true,
                true,
                0,
                Optional.empty(),
                false);
    }

    @ParameterizedTest(name = "status {0}: {1}")
    @CsvSource({"200, ANSWERS", "503, FAILS"})
    void aNodeAnswersWhenItSaysThatItCanWrite(int code, ProbeAnswer expected) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(ADDRESS, NodePorts.HTTP), 0);
        server.createContext(NodePorts.STATUS_PATH, exchange -> {
            exchange.sendResponseHeaders(code, -1);
            exchange.close();
        });
        server.start();
        try (Prober prober = new Prober(System::nanoTime)) {
            assertThat(probe(prober, pod(Optional.of(ADDRESS)))).isEqualTo(expected);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aNodeThatTakesTheConnectionAndSaysNothingFails() throws Exception {
        try (ServerSocket frozen = new ServerSocket(NodePorts.HTTP, 50, InetAddress.getByName(ADDRESS));
                Prober prober = new Prober(System::nanoTime)) {
            assertThat(frozen.isBound()).isTrue();
            assertThat(probe(prober, pod(Optional.of(ADDRESS)))).isEqualTo(ProbeAnswer.FAILS);
        }
    }

    @Test
    void aNodeWithoutAddressFails() throws Exception {
        try (Prober prober = new Prober(System::nanoTime)) {
            assertThat(probe(prober, pod(Optional.empty()))).isEqualTo(ProbeAnswer.FAILS);
        }
    }

    @Test
    void anAnswerFromBeforeTheLeaseChangedSaysNothing() throws Exception {
        try (Prober prober = new Prober(System::nanoTime)) {
            PodFacts pod = pod(Optional.empty());
            probe(prober, pod);
            assertThat(prober.answer(pod, System.nanoTime())).isEqualTo(ProbeAnswer.NONE);
        }
    }

    private static ProbeAnswer probe(Prober prober, PodFacts pod) throws InterruptedException, IOException {
        long since = System.nanoTime();
        CountDownLatch done = new CountDownLatch(1);
        prober.probe(pod, Duration.ofSeconds(2), done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        return prober.answer(pod, since);
    }
}
