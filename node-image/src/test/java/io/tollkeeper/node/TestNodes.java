package io.tollkeeper.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.config.NodeSettings.AnchorSettings;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.SubmitAck;
import io.tollkeeper.rating.Tariff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Settings and plans as tests want them, and the few things they do with a node. */
public final class TestNodes {
    private TestNodes() {}

    /** A plan of 100 base units a minute. */
    public static ServedPlan plan(Address payee, String conditions, String period, String offlineAfter) {
        JsonNode document = document(payee, conditions, period, offlineAfter);
        Tariff tariff = Tariff.fromDocument(document);
        PlanTerms terms = PlanTerms.fromDocument(document, Bytes32.of(tariff.hash()));
        return new ServedPlan(terms.planId(), terms, tariff);
    }

    private static JsonNode document(Address payee, String conditions, String period, String offlineAfter) {
        try {
            return new YAMLMapper().readTree(planText(payee, conditions, period, offlineAfter));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String planText(Address payee, String conditions, String period, String offlineAfter) {
        return """
                apiVersion: tollkeeper.io/v1
                plan:
                  payee: "%s"
                  methods: [DEPOSIT]
                  conditions: [%s]
                  period: %s
                  threshold: "0"
                  lowFunds: "0"
                  offlineAfter: %s
                  withdrawDelay: 120s
                  reportEvery: 2s
                  grace: 2s
                  credit: "0"
                tariff:
                  version: "1"
                  engineVersion: 1
                  window: none
                  meters: [{id: 1, name: time, unit: s}]
                  lines: [{name: minutes, meter: time, kind: perUnit, price: "100", per: "60", rounding: DOWN}]
                """.formatted(payee.hex(), conditions, period, offlineAfter);
    }

    public static NodeSettings settings(
            ChainConfig chain,
            Path dataDir,
            SignerKey key,
            String billingNode,
            int index,
            long epoch,
            ServedPlan... plans) {
        return new NodeSettings(
                "default",
                billingNode,
                billingNode + "-n" + index,
                index,
                epoch,
                AgreementIds.nodeId(chain.fleet().orElseThrow(), "default", billingNode, index),
                key,
                dataDir,
                chain,
                new SigningDomain(chain.chainId(), chain.feeVault()),
                List.of(plans).stream().collect(Collectors.toMap(ServedPlan::planId, Function.identity())),
                new AnchorSettings(AnchorSettings.Mode.FULL, Duration.ofSeconds(2), Duration.ofSeconds(30)),
                Duration.ofSeconds(20),
                Optional.empty());
    }

    public static SubmitAck submit(Node node, ReportBatch batch) throws Exception {
        CompletableFuture<SubmitAck> answer = new CompletableFuture<>();
        node.receiver().submit(batch, answer::complete);
        return answer.get(10, TimeUnit.SECONDS);
    }

    /** Waits for something that must come. */
    public static void await(String what, Duration patience, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + patience + " for: " + what);
            }
            Thread.sleep(100);
        }
    }

    /** A figure by name and labels as Prometheus would read it; NaN when it is not there. */
    public static double figure(Node node, String name) {
        return node.metrics()
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }
}
