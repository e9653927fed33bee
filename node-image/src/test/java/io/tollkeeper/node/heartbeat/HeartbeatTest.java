package io.tollkeeper.node.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.node.config.NodeSettings.LeaseSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private static final LeaseSettings SETTINGS =
            new LeaseSettings("demo-n0", "demo-n0-e3", Duration.ofSeconds(3), Duration.ofSeconds(10));

    private final FakeApi api = new FakeApi();
    private final Gate gate = new Gate();
    private boolean diskWorks = true;
    private final Heartbeat heartbeat =
            new Heartbeat(() -> api, SETTINGS, this::write, gate, Clock.fixed(NOW, ZoneOffset.UTC));

    private void write() throws IOException {
        if (!diskWorks) {
            throw new IOException("disk is frozen");
        }
    }

    /** A Lease with the resourceVersion rule of the API server. */
    private static final class FakeApi implements LeaseApi {
        @Nullable
        Lease lease = lease("demo-n0-e3", 1);

        boolean away;
        final List<Lease> written = new ArrayList<>();

        static Lease lease(String holder, int version) {
            return new LeaseBuilder()
                    .withNewMetadata()
                    .withName("demo-n0")
                    .withResourceVersion(Integer.toString(version))
                    .endMetadata()
                    .withNewSpec()
                    .withHolderIdentity(holder)
                    .endSpec()
                    .build();
        }

        @Override
        public LeaseAnswer read() {
            if (away) {
                return new LeaseAnswer.Unknown("away");
            }
            return lease != null && "demo-n0-e3".equals(lease.getSpec().getHolderIdentity())
                    ? new LeaseAnswer.Ours(lease)
                    : new LeaseAnswer.Lost("not ours");
        }

        @Override
        public LeaseAnswer write(Lease offered) {
            if (away) {
                return new LeaseAnswer.Unknown("away");
            }
            if (lease == null) {
                return new LeaseAnswer.Lost("gone");
            }
            String version = lease.getMetadata().getResourceVersion();
            if (!version.equals(offered.getMetadata().getResourceVersion())) {
                return read();
            }
            lease = new LeaseBuilder(offered)
                    .editMetadata()
                    .withResourceVersion(Integer.toString(Integer.parseInt(version) + 1))
                    .endMetadata()
                    .build();
            written.add(lease);
            return read();
        }

        @Override
        public void close() {}
    }

    @Test
    void renewsWhileItIsTheHolder() {
        heartbeat.beat();
        heartbeat.beat();
        assertThat(api.written).hasSize(2);
        assertThat(api.written.getLast().getSpec().getRenewTime().toInstant()).isEqualTo(NOW);
        assertThat(heartbeat.age()).contains(Duration.ZERO);
        assertThat(gate.reason()).isEmpty();
    }

    @Test
    void doesNotRenewWhenItsDiskDoesNotWrite() {
        diskWorks = false;
        heartbeat.beat();
        assertThat(api.written).isEmpty();
    }

    @Test
    void isReadOnlyWhileAnotherHoldsTheLeaseAndNeverTakesItBack() {
        heartbeat.beat();
        api.lease = FakeApi.lease("demo-n0-e4", 9);
        heartbeat.beat();
        heartbeat.beat();
        assertThat(api.written).hasSize(1);
        assertThat(gate.isClosedFor(Closed.LEASE_LOST)).isTrue();
        api.lease = FakeApi.lease("demo-n0-e3", 10);
        heartbeat.beat();
        assertThat(gate.reason()).isEmpty();
    }

    @Test
    void isReadOnlyWhenTheLeaseIsGone() {
        api.lease = null;
        heartbeat.beat();
        assertThat(gate.isClosedFor(Closed.LEASE_LOST)).isTrue();
    }

    @Test
    void goesOnAcceptingWhenTheApiServerIsAway() {
        heartbeat.beat();
        api.away = true;
        heartbeat.beat();
        assertThat(gate.reason()).isEmpty();
        api.away = false;
        heartbeat.beat();
        assertThat(api.written).hasSize(2);
    }

    @Test
    void renewsWithTheReasonWhenItLivesButCannotWork() {
        gate.close(Closed.LOG_BEHIND_CHAIN, "disk was lost");
        heartbeat.beat();
        assertThat(api.written.getLast().getMetadata().getAnnotations())
                .containsEntry(NodeLabels.SICK, "LOG_BEHIND_CHAIN");
        gate.open(Closed.LOG_BEHIND_CHAIN);
        heartbeat.beat();
        assertThat(api.written.getLast().getMetadata().getAnnotations()).doesNotContainKey(NodeLabels.SICK);
    }

    @Test
    void givesTheLeaseUpOnce() {
        heartbeat.beat();
        heartbeat.releaseNow();
        heartbeat.beat();
        assertThat(api.written).hasSize(2);
        assertThat(api.written.getLast().getSpec().getHolderIdentity()).isNull();
    }
}
