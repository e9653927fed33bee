package io.tollkeeper.operator.decide;

import static io.tollkeeper.operator.decide.Worlds.FRESH;
import static io.tollkeeper.operator.decide.Worlds.NOW;
import static io.tollkeeper.operator.decide.Worlds.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.observe.PodFacts;
import io.tollkeeper.operator.observe.ProbeAnswer;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private static final PodFacts POD = Worlds.pod("shop-n0", 1, "zone-a-1");

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}: {4}")
    @CsvSource(textBlock = """
            # lease, probe,   pod,        machine, verdict
            fresh,   NONE,    gone,       ready,   DEAD PodGone
            fresh,   ANSWERS, gone,       ready,   DEAD PodGone
            fresh,   NONE,    running,    gone,    DEAD MachineGone
            fresh,   NONE,    failed,     ready,   DEAD PodFailed
            fresh,   NONE,    running,    ready,   ALIVE
            fresh,   FAILS,   running,    ready,   ALIVE
            fresh,   NONE,    running,    silent,  ALIVE
            fresh,   NONE,    restarting, ready,   ALIVE
            stale,   NONE,    running,    ready,   PROBING
            stale,   ANSWERS, running,    ready,   CUT_OFF
            stale,   ANSWERS, running,    silent,  CUT_OFF
            stale,   FAILS,   restarting, ready,   RESTARTING
            stale,   FAILS,   restarting, silent,  DEAD LeaseStale
            stale,   FAILS,   running,    ready,   DEAD LeaseStale
            stale,   FAILS,   running,    silent,  DEAD LeaseStale
            """)
    void theFirstRowThatFitsCounts(String lease, ProbeAnswer probe, String pod, String machine, String expected) {
        Worlds worlds =
                Worlds.healthy().lease(0, lease.equals("fresh") ? FRESH : STALE).probe(0, probe);
        switch (pod) {
            case "gone" -> worlds.pods(0);
            case "failed" -> worlds.pods(0, Worlds.failed(POD));
            case "restarting" -> worlds.pods(0, Worlds.restarting(POD));
            default -> worlds.pods(0, POD);
        }
        switch (machine) {
            case "gone" -> worlds.withoutMachine("zone-a-1");
            case "silent" -> worlds.machine("zone-a-1", "zone-a", false, false);
            default -> worlds.machine("zone-a-1", "zone-a", true, true);
        }
        assertThat(verdict(worlds)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} ms: {1}")
    @CsvSource({"0, ALIVE", "9999, ALIVE", "10000, DEAD LeaseStale", "60000, DEAD LeaseStale"})
    void aLeaseIsStaleAtItsDuration(long ageMillis, String expected) {
        assertThat(verdict(Worlds.healthy().dead(0).lease(0, Duration.ofMillis(ageMillis))))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "restarting for {0} s: {1}")
    @CsvSource({"0, RESTARTING", "19, RESTARTING", "20, DEAD NotRestarted", "300, DEAD NotRestarted"})
    void aRestartingContainerHasItsGrace(long seconds, String expected) {
        Worlds worlds = Worlds.healthy()
                .dead(0)
                .pods(0, Worlds.restarting(POD))
                .nodeStatus(0, status -> status.toBuilder()
                        .verdict(Verdict.RESTARTING, NOW.minusSeconds(seconds), null)
                        .build());
        assertThat(verdict(worlds)).isEqualTo(expected);
    }

    @Test
    void aDeadNodeStaysDeadWhileAnotherProbeIsOut() {
        Worlds worlds = Worlds.healthy()
                .lease(0, STALE)
                .probe(0, ProbeAnswer.NONE)
                .nodeStatus(0, status -> status.toBuilder()
                        .verdict(Verdict.DEAD, NOW.minusSeconds(3), null)
                        .build());
        assertThat(verdict(worlds)).isEqualTo("DEAD LeaseStale");
    }

    @Test
    void nothingIsKnownWhileTheOwnApiCallsFail() {
        assertThat(verdict(Worlds.healthy().dead(0).pods(0).clockStopped())).isEqualTo("UNKNOWN");
    }

    private static String verdict(Worlds worlds) {
        World world = worlds.build();
        Judgement judgement = Judge.judge(world, world.nodes().getFirst());
        return judgement.verdict()
                + judgement.reason().map(reason -> " " + reason).orElse("");
    }
}
