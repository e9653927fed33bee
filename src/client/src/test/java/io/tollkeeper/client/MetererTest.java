package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PlanTerms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetererTest {
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").getEpochSecond();

    private final ManualClock clock = ManualClock.at("2026-03-01T12:00:01Z");
    private final List<String> events = new ArrayList<>();
    private final Spool spool;
    private boolean collectorFails;

    MetererTest(@TempDir Path folder) throws IOException {
        spool = Spool.open(folder, Fixture.DOMAIN, Spool.Limits.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    private Meterer meterer(PlanTerms plan) {
        return new Meterer(
                spool,
                Fixture.maker(),
                plan,
                () -> List.of(new FailingTime(new TimeCollector(Fixture.TIME, clock))),
                Journal.NONE,
                clock,
                new Random(1),
                (what, detail) -> events.add(what + ": " + detail));
    }

    private final class FailingTime implements Collector {
        private final Collector real;

        FailingTime(Collector real) {
            this.real = real;
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Counters read() throws IOException {
            if (collectorFails) {
                throw new IOException("gone");
            }
            return real.read();
        }
    }

    /** Lets time pass as the agent does: from one due reading to the next. */
    private void run(Meterer meterer, Duration time) throws IOException {
        var end = clock.unixMillis() + time.toMillis();
        while (clock.unixMillis() < end) {
            var rest = Math.min(meterer.restMillis(), end - clock.unixMillis());
            clock.advance(Duration.ofMillis(rest));
            meterer.step();
        }
    }

    private static String shown(Reading reading) {
        return reading.kind() + "@" + (reading.asOfSeconds() - NOON) + "="
                + reading.counters().get(new Counters.Key(Fixture.TIME, 0)) + (reading.boundary() ? "!" : "");
    }

    private List<String> unsent() {
        return spool.state().unsent().stream().map(MetererTest::shown).toList();
    }

    @Test
    void neverSentReadingsOfASessionMerge() throws IOException {
        var meterer = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        meterer.start();
        run(meterer, Duration.ofSeconds(60));
        assertThat(unsent()).hasSize(2).first().isEqualTo("START@1=0");
        meterer.stop();
        assertThat(unsent()).containsExactly("START@1=0", "STOP@61=60");
    }

    @Test
    void readsMoreOftenThanReportEvery() throws IOException {
        var meterer = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        meterer.start();
        var ids = new ArrayList<Long>();
        for (var i = 0; i < 20; i++) {
            assertThat(meterer.restMillis()).isBetween(1L, 1_800L);
            clock.advance(Duration.ofMillis(meterer.restMillis()));
            meterer.step();
            ids.add(spool.state().newest().orElseThrow().id());
        }
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void cutsAReadingExactlyAtEveryPeriodBoundary() throws IOException {
        var meterer = meterer(Fixture.plan(10, 4, PaymentCondition.TIME));
        meterer.start();
        run(meterer, Duration.ofSeconds(25));
        assertThat(unsent())
                .startsWith("START@1=0", "INTERIM@10=9!", "INTERIM@20=19!")
                .hasSize(4);
        assertThat(spool.state().unsent().stream().filter(Reading::boundary).map(Reading::asOfSeconds))
                .allMatch(asOf -> asOf % 10 == 0);
    }

    @Test
    void whatIsReadLongAfterABoundaryDoesNotCountBeforeIt() throws IOException {
        var meterer = meterer(Fixture.plan(10, 4, PaymentCondition.TIME));
        meterer.start();
        run(meterer, Duration.ofSeconds(5));
        var before = spool.state().local().get(new Counters.Key(Fixture.TIME, 0));
        // The process sleeps through two boundaries.
        clock.advance(Duration.ofSeconds(17));
        meterer.step();
        meterer.stop();
        assertThat(unsent()).contains("INTERIM@20=" + before + "!").last().isEqualTo("STOP@23=22");
    }

    @Test
    void aWallClockThatJumpsNeitherChargesNorTurnsBack() throws IOException {
        var meterer = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        meterer.start();
        run(meterer, Duration.ofSeconds(10));
        clock.jumpWall(Duration.ofHours(-2));
        run(meterer, Duration.ofSeconds(10));
        meterer.stop();
        var stop = spool.state().unsent().getLast();
        assertThat(stop.counters().get(new Counters.Key(Fixture.TIME, 0))).isEqualTo(20);
        assertThat(stop.asOfSeconds()).isGreaterThanOrEqualTo(NOON + 1);
        assertThat(spool.state().unsent().stream().map(Reading::asOfSeconds)).isSorted();
    }

    @Test
    void aSessionThatWasKilledIsSignedOffWithWhatItHadMeasured() throws IOException {
        var killed = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        killed.start();
        run(killed, Duration.ofSeconds(10));
        var measured = spool.state().newest().orElseThrow();
        clock.advance(Duration.ofMinutes(5));

        var next = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        next.endForgottenSession();
        next.start();
        run(next, Duration.ofSeconds(7));
        next.stop();
        var seconds = measured.counters().get(new Counters.Key(Fixture.TIME, 0));
        var stopAt = measured.asOfSeconds() - NOON;
        assertThat(unsent().subList(0, 2)).containsExactly("START@1=0", "STOP@" + stopAt + "=" + seconds);
        assertThat(unsent().getLast()).endsWith("=" + (seconds + 7));
        assertThat(spool.state().unsent().stream().map(Reading::sessionNumber).distinct())
                .containsExactly(1L, 2L);
    }

    @Test
    void aSessionThatSignedOffIsNotSignedOffAgain() throws IOException {
        var first = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        first.start();
        first.stop();
        var second = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        second.endForgottenSession();
        assertThat(unsent()).containsExactly("START@1=0", "STOP@1=0");
    }

    @Test
    void aCollectorThatCannotBeReadStaysWhereItWas() throws IOException {
        var meterer = meterer(Fixture.plan(0, 2, PaymentCondition.STOP));
        meterer.start();
        run(meterer, Duration.ofSeconds(10));
        var before = spool.state().local();
        collectorFails = true;
        run(meterer, Duration.ofSeconds(10));
        assertThat(spool.state().local()).isEqualTo(before);
        assertThat(events).contains("collector: time: gone");
        collectorFails = false;
        meterer.stop();
        assertThat(unsent().getLast()).isEqualTo("STOP@21=20");
    }
}
