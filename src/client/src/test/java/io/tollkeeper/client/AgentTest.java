package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.RecordKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentTest {
    private final Path folder;
    private final FakeChain chain = new FakeChain();
    private final List<FakeNode> nodes = new ArrayList<>();

    AgentTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void startNodes() throws IOException {
        for (var i = 1; i <= 3; i++) {
            nodes.add(new FakeNode(i));
        }
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        for (var node : nodes) {
            node.close();
        }
    }

    private AgentSettings settings() {
        return new AgentSettings(
                Fixture.AGREEMENT,
                Fixture.DOMAIN,
                Fixture.KEY,
                Fixture.plan(0, 1, PaymentCondition.STOP),
                Fixture.TARIFF,
                nodes.stream().map(FakeNode::url).toList(),
                folder.resolve("spool"),
                Spool.Limits.DEFAULT,
                Optional.of(folder.resolve("journal.jsonl")),
                Duration.ofMillis(500));
    }

    private Agent agent() throws IOException {
        var clock = ClientClock.system();
        return Agent.open(settings(), chain, () -> List.of(new TimeCollector(Fixture.TIME, clock)), clock);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10);
        }
    }

    @Test
    void opensASessionDeliversAndSignsOff() throws Exception {
        try (var agent = agent()) {
            agent.start();
            until(() -> nodes.getFirst().records().size() >= 3);
            assertThat(agent.stop(Duration.ofSeconds(5))).isTrue();
        }
        var kinds = nodes.getFirst().records().stream()
                .map(kept -> kept.signed().record().kind())
                .toList();
        assertThat(kinds.getFirst()).isEqualTo(RecordKind.START);
        assertThat(kinds.getLast()).isEqualTo(RecordKind.STOP);
        assertThat(kinds.subList(1, kinds.size() - 1)).containsOnly(RecordKind.INTERIM);
        assertThat(nodes.get(1).records()).isEmpty();
        var journal = Files.readAllLines(folder.resolve("journal.jsonl"));
        assertThat(journal.stream().filter(line -> line.contains("\"type\":\"signed\"")))
                .hasSize(kinds.size());
        assertThat(AgentStatus.read(folder.resolve("spool")).orElseThrow().state())
                .isEqualTo("ENDED");
    }

    @Test
    void movesToTheNextServerAndShowsItAllThatIsNotAnchored() throws Exception {
        try (var agent = agent()) {
            agent.start();
            until(() -> nodes.getFirst().records().size() >= 2);
            var before = nodes.getFirst().records();
            nodes.getFirst().die();
            until(() -> nodes.get(1).records().size() >= 3);
            assertThat(nodes.get(1).records().stream().map(FakeNode.Kept::digest))
                    .startsWith(before.getFirst().digest(), before.get(1).digest());
            assertThat(agent.stop(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void trimsOnlyWhatTheChainItselfShows() throws Exception {
        try (var agent = agent()) {
            agent.start();
            until(() -> nodes.getFirst().records().size() >= 2);
            var claim = nodes.getFirst().anchor(chain, false);
            Thread.sleep(1_500);
            assertThat(agent.status().lastAnchored()).isEmpty();
            chain.put(claim);
            until(() -> agent.status().lastAnchored().isPresent());
            assertThat(agent.stop(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void anAgreementThatIsStoppedIsNotWaitedFor() throws Exception {
        nodes.getFirst().nextCalls(FakeNode.Mischief.CLOSED);
        try (var agent = agent()) {
            agent.start();
            until(() -> agent.status().stopped().isPresent());
            var begun = System.nanoTime();
            assertThat(agent.stop(Duration.ofSeconds(30))).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        }
    }
}
