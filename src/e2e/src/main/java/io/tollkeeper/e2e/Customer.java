package io.tollkeeper.e2e;

import io.tollkeeper.localcluster.Child;
import io.tollkeeper.rating.CounterKey;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A customer: the agent as a process of its own, which meters this machine's time and loopback traffic. */
public final class Customer {
    private static final Duration END_LIMIT = Duration.ofSeconds(40);

    private final Stage stage;
    private final Agreement agreement;
    private final Path configuration;
    private Optional<Child> process = Optional.empty();

    /** @param servers URLs in the order in which this customer prefers them */
    public Customer(Stage stage, Agreement agreement, List<String> servers) {
        this.stage = stage;
        this.agreement = agreement;
        this.configuration = stage.workspace().write(name() + "/agent.yaml", configuration(servers));
    }

    public String name() {
        return agreement.customer();
    }

    public Agreement agreement() {
        return agreement;
    }

    /** Starts the agent: it opens a session. */
    public void start() {
        process = Optional.of(stage.cli()
                .start(
                        name(),
                        List.of(
                                "agent",
                                "run",
                                "--config",
                                configuration.toString(),
                                "--journal",
                                journalFile().toString())));
    }

    /** SIGTERM: the agent signs STOP and ends when that is acknowledged. */
    public void signOff() throws InterruptedException {
        var agent = process.orElseThrow();
        agent.terminate();
        if (!agent.awaitExit(END_LIMIT)) {
            throw new AssertionError(name() + " did not end within " + END_LIMIT.toSeconds() + " s of SIGTERM; it said "
                    + agent.lastLines(20));
        }
        var status = agent.exit().join();
        if (status != 0) {
            throw new AssertionError(name() + " ended with status " + status + "; it said " + agent.lastLines(20));
        }
    }

    /** SIGKILL: the agent is gone in the middle of whatever it did. */
    public void fallSilent() {
        process.orElseThrow().kill();
    }

    public JournalReader.Journal journal() {
        return JournalReader.read(journalFile());
    }

    /** What the customer owes by the readings in his journal, rated anew: the newest reading says it all. */
    public BigInteger owes() {
        var readings = journal().readings();
        return readings.isEmpty() ? BigInteger.ZERO : amount(readings.getLast().counters());
    }

    /** Rates counters by the plan's tariff. */
    public BigInteger amount(Map<CounterKey, Long> counters) {
        return agreement.plan().tariff().amount(counters);
    }

    /** Waits until a record is acknowledged that was signed after now. */
    public JournalReader.Acknowledged awaitNextAck(Duration limit) {
        var before = journal().lastAck().map(JournalReader.Acknowledged::seq).orElse(0L);
        return Await.until(name() + " gets a record acknowledged after seq " + before, limit, () -> journal()
                .lastAck()
                .filter(ack -> ack.seq() > before));
    }

    /** The longest time between two acknowledgements of new records, in milliseconds. */
    public long longestGapMillis() {
        var times = journal().acks().stream()
                .collect(Collectors.toMap(
                        JournalReader.Acknowledged::digest, JournalReader.Acknowledged::atMillis, Math::min))
                .values()
                .stream()
                .sorted()
                .toList();
        var longest = 0L;
        for (var i = 1; i < times.size(); i++) {
            longest = Math.max(longest, times.get(i) - times.get(i - 1));
        }
        return longest;
    }

    private Path journalFile() {
        return stage.workspace().file(name() + "/journal.jsonl");
    }

    private String configuration(List<String> servers) {
        return """
                apiVersion: tollkeeper.io/v1
                agreement: "%s"
                signerKeyFile: %s
                planFile: %s
                chainFile: %s
                servers:
                %s
                spool:
                  dir: %s
                collectors:
                  - {kind: time, meter: time}
                  - {kind: network, interface: lo, received: rx, sent: tx}
                """.formatted(
                        agreement.id().hex(),
                        agreement.signerFile(),
                        agreement.plan().file(),
                        stage.chainFile(),
                        servers.stream().map(url -> "  - " + url).collect(Collectors.joining("\n")),
                        stage.workspace().file(name() + "/spool"));
    }
}
