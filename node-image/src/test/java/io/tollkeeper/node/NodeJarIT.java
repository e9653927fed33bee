package io.tollkeeper.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.api.node.NodeEnvironment;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.v1.BillingNodeGrpc;
import io.tollkeeper.protocol.v1.ErrorClass;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusQuery;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged node, as a process, over its two doors. */
class NodeJarIT {
    private static final int EXIT_SETTINGS = 2;
    private static final int RECORDS = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private final List<Process> started = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    /** Of this test alone, so that the fixed ports are free. */
    private final String address = "127." + ThreadLocalRandom.current().nextInt(1, 250) + "."
            + ThreadLocalRandom.current().nextInt(1, 250) + "."
            + ThreadLocalRandom.current().nextInt(1, 250);

    NodeJarIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process each : started) {
            each.destroyForcibly().waitFor();
        }
    }

    private Process start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        System.getProperty("node.jar"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TOLLKEEPER_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    @Test
    void endsWithAllFaultsOfItsConfiguration() throws Exception {
        Process node = start(Map.of(NodeEnvironment.EPOCH, "none"));
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isEqualTo(EXIT_SETTINGS);
        assertThat(Files.readString(folder.resolve("output")))
                .contains(
                        NodeEnvironment.EPOCH + ": expected a decimal number",
                        NodeEnvironment.KEY_FILE + ": is missing");
    }

    @Test
    void storesWhatAStreamBringsAndBringsItToTheChainWhenItIsToldToEnd() throws Exception {
        try (TestChain chain = new TestChain()) {
            SignerKey key = SignerKey.generate();
            ServedPlan plan = TestNodes.plan(chain.payeeAddress(), "STOP", "0s", "60s");
            chain.registerPlan(plan);
            chain.registerNode("demo", 0, 1, key.address());
            TestClient client = chain.open(plan, 1_000_000);
            long before = System.nanoTime();
            Process node = start(environment(chain, key));
            TestNodes.await("ready", PATIENCE, () -> get(NodePorts.READY_PATH) == 200);
            System.out.println("ready after " + (System.nanoTime() - before) / 1_000_000 + " ms");
            assertThat(get(NodePorts.LIVE_PATH)).isEqualTo(200);
            assertThat(get(NodePorts.STATUS_PATH)).isEqualTo(200);
            assertThat(get(NodePorts.METRICS_PATH)).isEqualTo(200);

            ManagedChannel channel = NettyChannelBuilder.forAddress(address, NodePorts.GRPC)
                    .usePlaintext()
                    .build();
            try {
                BlockingQueue<SubmitAck> acks = new LinkedBlockingQueue<>();
                StreamObserver<ReportBatch> stream =
                        BillingNodeGrpc.newStub(channel).submitStream(into(acks));
                long now = Clock.systemUTC().instant().getEpochSecond();
                for (int i = 1; i <= RECORDS; i++) {
                    stream.onNext(TestClient.batch(client.next(RecordKind.INTERIM, now, i)));
                }
                for (int i = 0; i < RECORDS; i++) {
                    SubmitAck ack = acks.poll(30, TimeUnit.SECONDS);
                    assertThat(ack).isNotNull();
                    assertThat(ack.getResults(0).hasAccepted()).as("%s", ack).isTrue();
                }

                node.destroy();
                SubmitAck refused = untilRefused(BillingNodeGrpc.newBlockingStub(channel), client, now);
                assertThat(refused.getResults(0).getError().getErrorClass()).isEqualTo(ErrorClass.MOVE);
            } finally {
                channel.shutdownNow();
            }
            assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
            long anchored = chain.usageAnchor()
                    .log(
                            io.tollkeeper.protocol.AgreementIds.nodeId(TestChain.FLEET, "default", "demo", 0),
                            1,
                            key.address())
                    .orElseThrow()
                    .size();
            assertThat(anchored).isGreaterThanOrEqualTo(RECORDS);
        }
    }

    /** Until the node hears of its end a record may still be taken. */
    private static SubmitAck untilRefused(BillingNodeGrpc.BillingNodeBlockingStub node, TestClient client, long now) {
        for (int i = 0; i < 200; i++) {
            SubmitAck ack = node.submit(TestClient.batch(client.next(RecordKind.INTERIM, now, RECORDS + i)));
            if (ack.getResults(0).hasError()) {
                assertThat(node.status(StatusQuery.getDefaultInstance()).getAccepting())
                        .isFalse();
                return ack;
            }
        }
        throw new AssertionError("the node took 200 records after SIGTERM");
    }

    private static StreamObserver<SubmitAck> into(BlockingQueue<SubmitAck> acks) {
        return new StreamObserver<>() {
            @Override
            public void onNext(SubmitAck ack) {
                acks.add(ack);
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {}
        };
    }

    private Map<String, String> environment(TestChain chain, SignerKey key) throws IOException {
        Files.createDirectories(folder.resolve("chain"));
        Files.createDirectories(folder.resolve("plans"));
        for (Map.Entry<String, String> each : chain.config().toKeys().entrySet()) {
            Files.writeString(folder.resolve("chain").resolve(each.getKey()), each.getValue());
        }
        Files.writeString(folder.resolve("chain").resolve(ChainKeys.BLOCK_TIME), "1s");
        Files.writeString(
                folder.resolve("plans").resolve("a.yaml"),
                TestNodes.planText(chain.payeeAddress(), "STOP", "0s", "60s"));
        Files.writeString(folder.resolve("key"), key.toSecretHex());
        return Map.ofEntries(
                Map.entry(NodeEnvironment.NAMESPACE, "default"),
                Map.entry(NodeEnvironment.BILLING_NODE, "demo"),
                Map.entry(NodeEnvironment.NODE_NAME, "demo-n0"),
                Map.entry(NodeEnvironment.NODE_INDEX, "0"),
                Map.entry(NodeEnvironment.EPOCH, "1"),
                Map.entry(NodeEnvironment.KEY_FILE, folder.resolve("key").toString()),
                Map.entry(NodeEnvironment.DATA_DIR, folder.resolve("data").toString()),
                Map.entry(NodeEnvironment.CHAIN_DIR, folder.resolve("chain").toString()),
                Map.entry(NodeEnvironment.PLANS_DIR, folder.resolve("plans").toString()),
                Map.entry(NodeEnvironment.ANCHOR_MODE, "FULL"),
                Map.entry(NodeEnvironment.ANCHOR_INTERVAL, "30s"),
                Map.entry(NodeEnvironment.ANCHOR_PROMISE, "60s"),
                Map.entry(NodeEnvironment.DRAIN_DEADLINE, "30s"),
                Map.entry(NodeEnvironment.BIND_ADDRESS, address));
    }

    private int get(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://" + address + ":" + NodePorts.HTTP + path))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        } catch (IOException _) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
