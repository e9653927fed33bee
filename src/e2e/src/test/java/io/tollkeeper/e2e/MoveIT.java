package io.tollkeeper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.localcluster.CutMode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the operator does when something fails, and what it leaves alone. */
@ExtendWith(OnStage.class)
class MoveIT {
    private static final Duration MOVE_LIMIT = Duration.ofSeconds(90);
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(45);
    private static final Duration FREEZE = Duration.ofSeconds(40);
    private static final Duration QUIET = Duration.ofSeconds(15);

    private final Stage stage;
    private String name = "";

    MoveIT(OnStage.Shared shared) {
        this.stage = shared.stage();
    }

    @AfterEach
    void removeTheBillingNode() {
        stage.delete(name);
    }

    private void billingNode(TestInfo test, int replicas) {
        name = "move-" + Math.abs(test.getDisplayName().hashCode() % 10_000);
        stage.apply(Manifest.of(stage, name, replicas));
        stage.awaitReady(name, replicas);
    }

    @Test
    void aNodeWhoseZoneIsCutMovesToAnotherZoneAndNotBack(TestInfo test) {
        billingNode(test, 2);
        var before = stage.node(name, name + "-n0");
        var zone = Objects.requireNonNull(before.zone());

        stage.cluster().cutZone(zone, CutMode.FREEZE);
        NodeStatus after;
        try {
            after = awaitEpochAfter(before);
            assertThat(after.zone()).isNotEqualTo(zone);
        } finally {
            stage.cluster().healZone(zone);
        }

        Await.untilTrue("the old pod is gone", MOVE_LIMIT, () -> podNames().size() == 2);
        Await.holds("it stays where it is", QUIET, () -> {
            var now = stage.node(name, before.name());
            return now.epoch().equals(after.epoch()) && Objects.equals(now.zone(), after.zone());
        });
    }

    @Test
    void aNodeThatIsKilledIsRestartedInPlaceUnderTheSameEpoch(TestInfo test) {
        billingNode(test, 1);
        var before = stage.node(name, name + "-n0");

        var pod = Objects.requireNonNull(before.pod());

        stage.cluster().killPod(Stage.NAMESPACE, pod);

        Await.untilTrue(
                "its container was restarted and is Ready",
                RESTART_LIMIT,
                () -> restarts(pod) == 1 && stage.status(name).readyReplicas() == 1);
        assertThat(stage.node(name, before.name()).epoch()).isEqualTo(before.epoch());
    }

    @Test
    void nothingMovesWhileTheApiServerHangs(TestInfo test) {
        billingNode(test, 2);
        var before = stage.status(name).nodes();

        stage.cluster().freezeApiServer(FREEZE);

        Await.holds("every node keeps its epoch and place", QUIET, () -> {
            var now = stage.status(name).nodes();
            return epochs(now).equals(epochs(before)) && now.stream().allMatch(node -> node.failover() == null);
        });
    }

    @Test
    void aMoveEndsRightWhenTheOperatorIsKilledInTheMiddle(TestInfo test) {
        billingNode(test, 2);
        var before = stage.node(name, name + "-n0");
        var zone = Objects.requireNonNull(before.zone());

        stage.cluster().cutZone(zone, CutMode.FREEZE);
        try {
            Await.untilTrue(
                    "the move has begun",
                    MOVE_LIMIT,
                    () -> stage.node(name, before.name()).failover() != null);
            stage.cluster().killPod(Stage.SYSTEM_NAMESPACE, stage.operatorPod());

            var after = awaitEpochAfter(before);
            assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
            assertThat(after.zone()).isNotEqualTo(zone);
        } finally {
            stage.cluster().healZone(zone);
        }
    }

    private NodeStatus awaitEpochAfter(NodeStatus before) {
        return Await.until(before.name() + " is Ready and registered under a new epoch", MOVE_LIMIT, () -> {
            var now = stage.node(name, before.name());
            return now.failover() == null
                            && now.epoch() > before.epoch()
                            && now.epoch().equals(now.registeredEpoch())
                    ? Optional.of(now)
                    : Optional.empty();
        });
    }

    private int restarts(String pod) {
        var status = stage.kubernetes()
                .pods()
                .inNamespace(Stage.NAMESPACE)
                .withName(pod)
                .get()
                .getStatus();
        return status.getContainerStatuses().getFirst().getRestartCount();
    }

    private Set<String> podNames() {
        return stage.pods(name).stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    }

    private static Set<String> epochs(java.util.List<NodeStatus> nodes) {
        return nodes.stream().map(node -> node.name() + " " + node.epoch()).collect(Collectors.toSet());
    }
}
