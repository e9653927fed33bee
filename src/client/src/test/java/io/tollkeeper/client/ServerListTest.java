package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.client.ServerList.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerListTest {
    private static final Map<String, Failure> FAILURES =
            Map.of("timeout", Failure.TIMEOUT, "refused", Failure.REFUSED, "error", Failure.ERROR);

    private final ManualClock clock = ManualClock.at("2026-03-01T12:00:00Z");

    /** Jitter of nothing: the middle of the range. */
    private static RandomGenerator middle() {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return 0.5;
            }
        };
    }

    private ServerList list(String... urls) {
        return new ServerList(List.of(urls), List.of(), clock, middle());
    }

    private void play(ServerList list, String script) {
        for (var step : script.strip().split("\\s+")) {
            if (step.startsWith("+")) {
                clock.advance(Duration.ofMillis(Long.parseLong(step.substring(1))));
                continue;
            }
            var parts = step.split(":");
            var server = parts[0];
            var times = parts.length > 2 ? Integer.parseInt(parts[2]) : 1;
            for (var i = 0; i < times; i++) {
                switch (parts[1]) {
                    case "ok" -> list.succeeded(server);
                    case "move" -> list.moved(server, "draining");
                    case "broken" -> list.brokePromise(server, "late");
                    case "choose" -> assertThat(list.choose()).as(step).isEqualTo(server);
                    case "due" -> assertThat(list.dueProbes()).as(step).contains(server);
                    case "notdue" -> assertThat(list.dueProbes()).as(step).doesNotContain(server);
                    case "good" -> list.probed(server, true, "");
                    case "drains" -> list.probed(server, false, "draining");
                    case "silent" -> list.probeFailed(server, Failure.TIMEOUT, "no answer");
                    default -> list.failed(server, Objects.requireNonNull(FAILURES.get(parts[1])), parts[1]);
                }
            }
        }
    }

    private static String states(ServerList list) {
        return list.views().stream()
                .map(view -> view.url() + "=" + view.state() + (view.moving() ? "/MOVING" : ""))
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # rule                                            | what happens to a, b                                  | states after                     | next
        list order decides                                | +0                                                    | a=HEALTHY b=HEALTHY              | a
        one timeout makes suspect, the next at once       | a:choose a:timeout                                    | a=SUSPECT b=HEALTHY              | b
        one refusal makes suspect                         | a:choose a:refused                                    | a=SUSPECT b=HEALTHY              | b
        two refusals in a row make abnormal               | a:refused:2                                           | a=ABNORMAL b=HEALTHY             | b
        a refusal, a time-out, a refusal: three failures  | a:refused a:timeout a:refused                         | a=ABNORMAL b=HEALTHY             | b
        a refusal and a time-out are not two refusals     | a:refused a:timeout                                   | a=SUSPECT b=HEALTHY              | b
        an answer in between begins the row anew          | a:timeout:2 a:ok a:timeout:2                          | a=SUSPECT b=HEALTHY              | b
        three failures in a row make abnormal             | a:timeout:3                                           | a=ABNORMAL b=HEALTHY             | b
        fewer than half of the calls is a suspicion       | a:ok:5 a:timeout a:ok a:timeout a:ok a:timeout a:ok a:timeout a:ok a:timeout | a=SUSPECT b=HEALTHY | b
        half of ten calls in 10 s make abnormal           | a:timeout a:timeout a:ok a:timeout a:timeout a:ok a:timeout a:ok a:ok a:timeout | a=ABNORMAL b=HEALTHY | b
        a broken anchor promise makes abnormal            | a:choose a:ok a:broken                                | a=ABNORMAL b=HEALTHY             | b
        MOVE is no failure                                | a:choose a:move                                       | a=HEALTHY/MOVING b=HEALTHY       | b
        MOVE ten times is no failure                      | a:move:10                                             | a=HEALTHY/MOVING b=HEALTHY       | b
        MOVE ends when it says that it accepts            | a:move b:choose +6000 a:due a:good                    | a=HEALTHY b=HEALTHY              | b
        MOVE goes on while it says that it drains         | a:move +6000 a:due a:drains                           | a=HEALTHY/MOVING b=HEALTHY       | b
        stays with its server while that is healthy       | a:timeout b:choose b:ok +6000 a:due a:good            | a=HEALTHY b=HEALTHY              | b
        one good answer clears a suspicion                | a:timeout +6000 a:due a:good                          | a=HEALTHY b=HEALTHY              | a
        two good answers do not unmark                    | a:timeout:3 +6000 a:due a:good +6000 a:due a:good     | a=ABNORMAL b=HEALTHY             | b
        three good answers unmark                         | a:timeout:3 +6000 a:due a:good +6000 a:due a:good +6000 a:due a:good | a=HEALTHY b=HEALTHY | a
        a failure between good answers begins anew        | a:timeout:3 +6000 a:due a:good:2 +6000 a:due a:silent +9000 a:due a:good:2 | a=ABNORMAL b=HEALTHY | b
        alive but draining is no good answer              | a:timeout:3 +6000 a:due a:good:2 +6000 a:due a:drains +6000 a:due a:good | a=ABNORMAL b=HEALTHY | b
        the last server is never given up                 | a:timeout:3 b:refused:2                               | a=ABNORMAL b=ABNORMAL            | a
        with none healthy a suspect goes before abnormal  | a:timeout:3 b:timeout                                 | a=ABNORMAL b=SUSPECT             | b
        with all abnormal they take turns                 | a:timeout:3 b:timeout:3 a:choose b:choose             | a=ABNORMAL b=ABNORMAL            | a
        with all moving they take turns                   | a:move b:move a:choose                                | a=HEALTHY/MOVING b=HEALTHY/MOVING | b
        an abnormal one goes before one that moves        | a:move b:timeout:3                                    | a=HEALTHY/MOVING b=ABNORMAL      | b
        three answered calls unmark too                   | a:timeout:3 b:timeout:3 a:ok:3                        | a=HEALTHY b=ABNORMAL             | a
        """)
    void chooses(String rule, String script, String statesAfter, String next) {
        var list = list("a", "b");
        play(list, script);
        assertThat(states(list)).isEqualTo(statesAfter);
        assertThat(list.choose()).isEqualTo(next);
    }

    @Test
    void halfOfTenCallsWithinTenSecondsIsTooMuch() {
        var list = list("a", "b");
        // Never three in a row, never two refusals in a row.
        play(list, "a:ok a:timeout a:ok a:timeout a:ok a:timeout a:ok a:timeout a:ok");
        assertThat(states(list)).startsWith("a=HEALTHY");
        play(list, "a:timeout");
        assertThat(states(list)).startsWith("a=ABNORMAL");
    }

    @Test
    void callsOfLongAgoDoNotCount() {
        var list = list("a", "b");
        play(list, "a:ok a:timeout a:ok a:timeout a:ok a:timeout a:ok a:timeout a:ok +10000 a:timeout");
        assertThat(states(list)).startsWith("a=SUSPECT");
    }

    @Test
    void probesGrowApartUpToAMinute() {
        var list = list("a", "b");
        play(list, "a:timeout:3");
        var pauses = new ArrayList<Long>();
        for (var i = 0; i < 8; i++) {
            var waited = 0L;
            while (list.dueProbes().isEmpty()) {
                clock.advance(Duration.ofMillis(100));
                waited += 100;
            }
            pauses.add(waited);
            list.probeFailed("a", Failure.TIMEOUT, "no answer");
        }
        assertThat(pauses).containsExactly(5_000L, 8_000L, 12_800L, 20_500L, 32_800L, 52_500L, 60_000L, 60_000L);
    }

    @Test
    void probesAreSpreadByAFifthEitherWay() {
        var seed = Seeds.next("probesAreSpread");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++) {
            var list = new ServerList(List.of("a", "b"), List.of(), clock, random);
            play(list, "a:timeout:3");
            clock.advance(Duration.ofMillis(3_999));
            assertThat(list.dueProbes()).isEmpty();
            clock.advance(Duration.ofMillis(2_002));
            assertThat(list.dueProbes()).containsExactly("a");
        }
    }

    @Test
    void aProbeUnderWayIsNotDueAgain() {
        var list = list("a", "b");
        play(list, "a:timeout:3 +6000 a:due");
        clock.advance(Duration.ofMinutes(5));
        assertThat(list.dueProbes()).isEmpty();
        list.probed("a", true, "");
        clock.advance(Duration.ofSeconds(5));
        assertThat(list.dueProbes()).containsExactly("a");
    }

    @Test
    void healthyServersAreNotProbed() {
        var list = list("a", "b");
        clock.advance(Duration.ofHours(1));
        assertThat(list.dueProbes()).isEmpty();
    }

    @Test
    void statesSurviveARestartAndAMarkedServerIsProbedAtOnce() {
        var before = list("a", "b");
        play(before, "a:timeout:3 b:move");
        var after = new ServerList(List.of("a", "b"), before.views(), clock, middle());
        assertThat(states(after)).isEqualTo("a=ABNORMAL b=HEALTHY/MOVING");
        assertThat(after.dueProbes()).containsExactly("a", "b");
    }

    @Test
    void aNewSessionTakesListOrder() {
        var before = list("a", "b");
        play(before, "a:timeout b:choose b:ok +6000 a:due a:good");
        assertThat(before.choose()).isEqualTo("b");
        var after = new ServerList(List.of("a", "b"), before.views(), clock, middle());
        assertThat(after.choose()).isEqualTo("a");
    }

    @Test
    void aNewListKeepsWhatIsKnown() {
        var list = list("a", "b");
        play(list, "a:timeout:3 b:choose");
        list.replace(List.of("c", "a", "b"));
        assertThat(states(list)).isEqualTo("c=HEALTHY a=ABNORMAL b=HEALTHY");
        assertThat(list.choose()).isEqualTo("b");
        list.replace(List.of("c", "a"));
        assertThat(list.choose()).isEqualTo("c");
    }
}
