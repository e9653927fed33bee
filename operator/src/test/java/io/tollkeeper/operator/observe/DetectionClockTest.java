package io.tollkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DetectionClockTest {
    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    private final DetectionClock clock = new DetectionClock(nanos::get);
    private final LeaseTracker leases = new LeaseTracker(Clock.systemUTC());

    /** The API server answers for this long, twice a second; the node renews every three seconds. */
    private void healthy(Duration time, boolean renewing) {
        for (long millis = 0; millis < time.toMillis(); millis += 500) {
            nanos.addAndGet(Duration.ofMillis(500).toNanos());
            clock.succeeded();
            if (renewing && millis % 3000 == 0) {
                renewals++;
            }
            leases.observe("n0", lease(), clock.read());
        }
    }

    private void silent(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private int renewals;

    private Lease lease() {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName("n0")
                .withUid("u")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("n0-e1")
                .withRenewTime(ZonedDateTime.ofInstant(Instant.ofEpochSecond(renewals), ZoneOffset.UTC))
                .endSpec()
                .build();
    }

    private Duration age() {
        return leases.observe("n0", lease(), clock.read()).age();
    }

    @Test
    void aLeaseAgesFromWhenTheOperatorSawItChange() {
        healthy(Duration.ofSeconds(30), true);
        assertThat(age()).isLessThanOrEqualTo(Duration.ofSeconds(3));
        healthy(Duration.ofSeconds(10), false);
        assertThat(age()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(13));
    }

    @Test
    void theFirstLookSaysNothingOfThePast() {
        healthy(Duration.ofMillis(500), false);
        assertThat(age()).isZero();
    }

    @Test
    void nothingRunsBeforeTheFirstAnswer() {
        assertThat(clock.read().runs()).isFalse();
    }

    @Test
    void nothingAgesWhileTheApiServerHangs() {
        healthy(Duration.ofSeconds(30), true);
        silent(Duration.ofSeconds(40));
        assertThat(clock.read().runs()).isFalse();
        assertThat(age()).isLessThanOrEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void afterAnOutageEveryAgeBeginsAnew() {
        healthy(Duration.ofSeconds(30), true);
        silent(Duration.ofSeconds(40));
        nanos.addAndGet(1);
        clock.succeeded();
        assertThat(clock.read().runs()).isTrue();
        assertThat(age())
                .as("the first read after it still shows the old Lease")
                .isZero();
        healthy(Duration.ofSeconds(9), false);
        assertThat(age()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void aShortHiccupIsNoOutage() {
        healthy(Duration.ofSeconds(30), false);
        Duration before = age();
        silent(Duration.ofSeconds(2));
        clock.succeeded();
        assertThat(clock.read().runs()).isTrue();
        assertThat(age()).isEqualTo(before.plusSeconds(2));
    }

    @Test
    void anAbsentLeaseAgesToo() {
        healthy(Duration.ofSeconds(1), false);
        LeaseFacts gone = leases.observe("n0", null, clock.read());
        assertThat(gone.exists()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        clock.succeeded();
        assertThat(leases.observe("n0", null, clock.read()).age()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void eachMarkRaisesOneAlarm() {
        Suspects suspects = new Suspects();
        suspects.watch("n0", Duration.ofSeconds(9), Duration.ofSeconds(10));
        assertThat(suspects.crosses("n0", Duration.ofSeconds(8))).isFalse();
        assertThat(suspects.crosses("n0", Duration.ofSeconds(9))).isTrue();
        assertThat(suspects.crosses("n0", Duration.ofMillis(9500))).isFalse();
        assertThat(suspects.crosses("n0", Duration.ofSeconds(10))).isTrue();
        assertThat(suspects.crosses("n0", Duration.ofSeconds(60))).isFalse();
        assertThat(suspects.crosses("n0", Duration.ofSeconds(1)))
                .as("young again")
                .isTrue();
    }
}
