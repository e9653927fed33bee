package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a process of its own, killed at the worst moment. */
@Timeout(90)
class KillTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static AgentSettings settings(Path folder, String server) {
        return new AgentSettings(
                Fixture.AGREEMENT,
                Fixture.DOMAIN,
                Fixture.KEY,
                Fixture.plan(0, 1, PaymentCondition.STOP),
                Fixture.TARIFF,
                List.of(server),
                folder.resolve("spool"),
                Spool.Limits.DEFAULT,
                Optional.of(folder.resolve("journal.jsonl")),
                Duration.ofSeconds(5));
    }

    /** Delivers through gRPC, up to the n-th report with a new record: that one is signed, on the disk, and never sent. */
    private static final class StopsBeforeSending implements Nodes {
        private final Nodes real = new GrpcNodes(Duration.ofSeconds(5));
        private int left;

        StopsBeforeSending(int left) {
            this.left = left;
        }

        @Override
        public SubmitAck submit(String url, ReportBatch batch) throws NodeCallException {
            if (left-- == 0) {
                System.out.println("ABOUT TO SEND");
                System.out.flush();
                hang();
            }
            return real.submit(url, batch);
        }

        private static void hang() throws NodeCallException {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                throw new NodeCallException(ServerList.Failure.ERROR, "interrupted");
            }
        }

        @Override
        public StatusAnswer status(String url) throws NodeCallException {
            return real.status(url);
        }

        @Override
        public PositionAnswer position(String url, AgreementQuery query) throws NodeCallException {
            return real.position(url, query);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** The child: folder, server, reports to send before it stops. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            var clock = ClientClock.system();
            var agent = new Agent(
                    settings(Path.of(arguments[0]), arguments[1]),
                    new FakeChain(),
                    () -> List.of(new TimeCollector(Fixture.TIME, clock)),
                    new StopsBeforeSending(Integer.parseInt(arguments[2])),
                    clock,
                    new Random(1));
            agent.start();
            new CountDownLatch(1).await();
        }
    }

    private static List<JsonNode> journal(Path folder, String type) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(folder.resolve("journal.jsonl"))) {
            var node = JSON.readTree(line);
            if (node.path("type").asText().equals(type)) {
                lines.add(node);
            }
        }
        return lines;
    }

    @Test
    void aKillBetweenSpoolAndSendLosesNothingAndTheSameBytesGoOut(@TempDir Path folder) throws Exception {
        try (var node = new FakeNode(1)) {
            killAfter(folder, node, 3);
            var accepted = node.records().size();
            var signed = journal(folder, "signed");
            assertThat(signed.size()).isGreaterThan(accepted);
            var measured = journal(folder, "reading").getLast().path("amount").asText();

            var clock = ClientClock.system();
            try (var agent = Agent.open(
                    settings(folder, node.url()),
                    new FakeChain(),
                    () -> List.of(new TimeCollector(Fixture.TIME, clock)),
                    clock)) {
                agent.start();
                assertThat(agent.stop(Duration.ofSeconds(20))).isTrue();
            }
            var stored = node.records();
            for (var i = 0; i < signed.size(); i++) {
                var bytes = HexFormat.of()
                        .formatHex(CanonicalRecord.encode(stored.get(i).signed().record()));
                assertThat("0x" + bytes).isEqualTo(signed.get(i).path("record").asText());
                assertThat(stored.get(i).signed().signature().hex())
                        .isEqualTo(signed.get(i).path("signature").asText());
            }
            // The killed session is signed off with what it had measured, then the new one begins and ends.
            var kinds = stored.stream()
                    .map(kept -> kept.signed().record().kind() + " "
                            + kept.signed().record().body().sessionNumber())
                    .toList();
            assertThat(kinds).endsWith("STOP 1", "START 2", "STOP 2");
            var stop = stored.get(stored.size() - 3).signed().record();
            assertThat(stop.kind()).isEqualTo(RecordKind.STOP);
            assertThat(stop.amount().toString()).isEqualTo(measured);
            assertThat(stored.stream().map(kept -> kept.signed().record().seq()).distinct())
                    .hasSize(stored.size());
        }
    }

    private static void killAfter(Path folder, FakeNode node, int reports) throws Exception {
        var child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString(),
                        node.url(),
                        Integer.toString(reports))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = child.inputReader()) {
            var line = out.readLine();
            while (line != null && !line.equals("ABOUT TO SEND")) {
                line = out.readLine();
            }
            assertThat(line).isEqualTo("ABOUT TO SEND");
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
    }
}
