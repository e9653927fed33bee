package io.tollkeeper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.protocol.Bytes32;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the chart to nodes that run, and back to nothing. */
@ExtendWith(OnStage.class)
class InstallIT {
    private static final Duration GONE_LIMIT = Duration.ofSeconds(90);

    private final Stage stage;

    InstallIT(OnStage.Shared shared) {
        this.stage = shared.stage();
    }

    @Test
    void threeNodesRunInThreeZonesAndLeaveNothingBehind() {
        var name = "install";
        stage.apply(Manifest.of(stage, name, 3));
        stage.awaitReady(name, 3);

        var nodes = stage.status(name).nodes();
        assertThat(nodes.stream().map(NodeStatus::zone).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Stage.ZONES);
        assertThat(stage.pods(name)).hasSize(3);

        stage.delete(name);

        Await.untilTrue(
                "nothing of it is left", GONE_LIMIT, () -> stage.objectsOf(name).isEmpty());
        for (var node : nodes) {
            var onChain = stage.chain()
                    .usageAnchor()
                    .node(Bytes32.fromHex(Objects.requireNonNull(node.nodeId())))
                    .orElseThrow();
            assertThat(onChain.epoch()).isEqualTo(node.epoch());
            assertThat(onChain.active()).as(node.name() + " may still anchor").isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # replaced              | by                               | the message names
            replicas: 3             | replicas: 65                     | spec.replicas
            configMaps: [plans]     | configMaps: []                   | spec.plans.configMaps
            mode: FULL              | mode: SOMETIMES                  | spec.anchor.mode
            interval: 2s            | interval: soon                   | spec.anchor.interval
            renewInterval: 3s       | renewInterval: 9s                | spec.health
            """)
    void aBillingNodeThatBreaksARuleIsRefusedByTheApiServer(String good, String bad, String field) {
        var manifest = """
                apiVersion: billing.tollkeeper.io/v1alpha1
                kind: BillingNode
                metadata:
                  name: wrong
                spec:
                  replicas: 3
                  plans:
                    configMaps: [plans]
                  anchor:
                    mode: FULL
                    interval: 2s
                  health:
                    renewInterval: 3s
                    leaseDuration: 10s
                """;
        assertThat(manifest).contains(good);
        var file = stage.workspace().write("manifests/wrong.yaml", manifest.replace(good, bad));

        var result = stage.cluster()
                .kubectl()
                .attempt("apply", "--namespace", Stage.NAMESPACE, "--filename", file.toString());

        assertThat(result.status()).isNotZero();
        assertThat(result.output()).contains(field);
    }
}
