package io.tollkeeper.operator.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The operator is killed before each single step of a placement, of a move and of a scale-down. Whatever the step, what
 * comes out is what comes out without the kill.
 */
class KilledOperatorTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void threeNodesComeUpInThreeZones() {
        FakeCluster cluster = placed();
        assertThat(cluster.serving()).containsExactly("shop-n0", "shop-n1", "shop-n2");
        assertThat(cluster.zones()).containsExactlyInAnyOrder("zone-a", "zone-b", "zone-c");
        assertThat(cluster.registrations()).containsExactlyInAnyOrder("0/1", "1/1", "2/1");
    }

    /** Steps are counted on an operator that is not killed; the last few are those of an idle one. */
    static Stream<Integer> stepsOfAPlacement() {
        FakeCluster counted = new FakeCluster(Specs.spec("{\"replicas\":3}"));
        counted.run(Duration.ofSeconds(10));
        return IntStream.rangeClosed(1, counted.steps()).boxed();
    }

    @ParameterizedTest
    @MethodSource("stepsOfAPlacement")
    void aPlacementEndsRightAfterAKillBeforeStep(int step) {
        FakeCluster cluster = new FakeCluster(Specs.spec("{\"replicas\":3}"));
        cluster.killAt(step);
        cluster.run(LONG);
        assertThat(cluster.serving()).containsExactly("shop-n0", "shop-n1", "shop-n2");
        assertThat(cluster.zones()).containsExactlyInAnyOrder("zone-a", "zone-b", "zone-c");
        assertThat(cluster.registrations()).containsExactlyInAnyOrder("0/1", "1/1", "2/1");
        assertNothingTooMany(cluster);
    }

    static Stream<Integer> stepsOfAMove() {
        FakeCluster counted = placed();
        counted.cutZone("zone-a");
        int before = counted.steps();
        counted.run(Duration.ofSeconds(20));
        return IntStream.rangeClosed(1, counted.steps() - before).boxed();
    }

    @ParameterizedTest
    @MethodSource("stepsOfAMove")
    void aMoveEndsRightAfterAKillBeforeStep(int step) {
        FakeCluster cluster = placed();
        cluster.cutZone("zone-a");
        cluster.killAt(step);
        cluster.run(LONG);
        assertThat(cluster.serving()).containsExactly("shop-n0", "shop-n1", "shop-n2");
        assertThat(cluster.zones()).doesNotContain("zone-a").contains("zone-b", "zone-c");
        assertThat(cluster.registrations()).hasSize(4).last().asString().endsWith("/2");
        assertThat(cluster.status().nodes().stream()
                        .flatMap(node -> node.history().stream())
                        .filter(past -> "LeaseStale".equals(past.reason())))
                .singleElement()
                .satisfies(past -> {
                    assertThat(past.epoch()).isEqualTo(2);
                    assertThat(past.fromZone()).isEqualTo("zone-a");
                    assertThat(past.startedAt()).isBeforeOrEqualTo(past.boundAt());
                    assertThat(past.boundAt()).isBeforeOrEqualTo(past.readyAt());
                    assertThat(past.registeredAt()).isNotNull();
                });
        assertNothingTooMany(cluster);
    }

    @Test
    void theMoveIsOverInTheTimeThatItsPartsTake() {
        FakeCluster cluster = placed();
        cluster.cutZone("zone-a");
        var cut = cluster.now();
        cluster.run(LONG);
        var past = cluster.status().nodes().stream()
                .flatMap(node -> node.history().stream())
                .filter(one -> one.epoch() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(Duration.between(cut, past.startedAt())).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
        assertThat(Duration.between(cut, past.readyAt())).isLessThan(Duration.ofSeconds(16));
    }

    @Test
    void twoZonesAtOnceMoveNobody() {
        FakeCluster cluster = placed();
        cluster.cutZone("zone-a");
        cluster.cutZone("zone-b");
        cluster.run(LONG);
        assertThat(cluster.status().breaker().open()).isTrue();
        assertThat(cluster.registrations()).hasSize(3);
        assertThat(cluster.zones()).containsExactlyInAnyOrder("zone-a", "zone-b", "zone-c");
    }

    private static FakeCluster placed() {
        FakeCluster cluster = new FakeCluster(Specs.spec("{\"replicas\":3}"));
        cluster.run(LONG);
        assertThat(cluster.serving()).hasSize(3);
        return cluster;
    }

    private static void assertNothingTooMany(FakeCluster cluster) {
        assertThat(cluster.wasKilled()).isTrue();
        assertThat(cluster.livingPods()).isEqualTo(Map.of("shop-n0", 1, "shop-n1", 1, "shop-n2", 1));
        List<String> wanted = cluster.status().nodes().stream()
                .map(node -> node.name() + "-e" + node.epoch())
                .toList();
        assertThat(cluster.keyNames()).containsExactlyInAnyOrderElementsOf(wanted);
    }
}
