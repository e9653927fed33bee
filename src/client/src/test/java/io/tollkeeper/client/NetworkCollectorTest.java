package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkCollectorTest {
    private static final int RX = 2;
    private static final int TX = 3;

    @ParameterizedTest(name = "{0}: {1} then {2}")
    @CsvSource(textBlock = """
        # what,                          before,               now,                  rise
        nothing,                         100,                  100,                  0
        traffic,                         100,                  150,                  50
        the interface was made anew,     5000,                 120,                  120
        made anew after much,            99000000000,          7,                    7
        a 32-bit counter wrapped,        4294967290,           4,                    10
        near the wrap but not near zero, 4294967290,           1000000000,           1000000000
        above 32 bits it cannot be wrap, 4294967296,           4,                    4
        past 32 bits,                    4294967290,           4294967300,           10
        """)
    void aCounterThatStartsOverChargesNothingTwice(String what, long before, long now, long rise) {
        assertThat(NetworkCollector.rise(before, now)).isEqualTo(rise);
    }

    @Test
    void countsFromItsBeginningAndNeverFalls() throws IOException {
        var raw = new ArrayDeque<>(List.of(
                new NetworkCollector.Raw(1_000, 10),
                new NetworkCollector.Raw(1_500, 20),
                new NetworkCollector.Raw(30, 5),
                new NetworkCollector.Raw(40, 5)));
        var collector = new NetworkCollector("eth0", OptionalInt.of(RX), OptionalInt.of(TX), raw::removeFirst);
        assertThat(collector.read()).isEqualTo(Counters.of(RX, 500).plus(Counters.of(TX, 10)));
        assertThat(collector.read()).isEqualTo(Counters.of(RX, 530).plus(Counters.of(TX, 15)));
        assertThat(collector.read()).isEqualTo(Counters.of(RX, 540).plus(Counters.of(TX, 15)));
    }

    @Test
    void readsTheKernelsStatistics(@TempDir Path folder) throws IOException {
        var statistics = Files.createDirectories(folder.resolve("eth0/statistics"));
        Files.writeString(statistics.resolve("rx_bytes"), "123456789012\n");
        Files.writeString(statistics.resolve("tx_bytes"), "42\n");
        var raw =
                NetworkCollector.kernel("eth0", folder, folder.resolve("none")).read();
        assertThat(raw).isEqualTo(new NetworkCollector.Raw(123456789012L, 42));
    }

    @Test
    void readsProcNetDevWhereThereIsNoSys(@TempDir Path folder) throws IOException {
        var dev = Files.writeString(folder.resolve("dev"), """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
                lo:  100003     734    0    0    0     0          0         0   100004     734    0    0    0     0
              eth0:77 1 0 0 0 0 0 0 88 1 0 0 0 0 0 0
            """);
        var source = NetworkCollector.kernel("eth0", folder, dev);
        assertThat(source.read()).isEqualTo(new NetworkCollector.Raw(77, 88));
        assertThatThrownBy(() -> NetworkCollector.kernel("eth1", folder, dev).read())
                .isInstanceOf(IOException.class)
                .hasMessage("expected a network interface named eth1, actual [lo, eth0]");
    }

    @Test
    void measuresThisMachinesLoopback() throws IOException {
        var collector =
                new NetworkCollector("lo", OptionalInt.of(RX), OptionalInt.of(TX), NetworkCollector.kernel("lo"));
        try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                var client = new java.net.Socket(server.getInetAddress(), server.getLocalPort());
                var accepted = server.accept()) {
            client.getOutputStream().write(new byte[10_000]);
            client.getOutputStream().flush();
            assertThat(accepted.getInputStream().readNBytes(10_000)).hasSize(10_000);
        }
        assertThat(collector.read().get(new Counters.Key(RX, 0))).isGreaterThan(10_000);
    }
}
