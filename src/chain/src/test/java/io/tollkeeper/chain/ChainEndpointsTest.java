package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollkeeper.chain.FakeRpcServer.Mood;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ChainEndpointsTest {
    private static final long CHAIN = 5_000;
    private static final Duration TIMEOUT = Duration.ofMillis(400);

    private final ManualClock clock = ManualClock.at("2026-11-22T12:00:02Z");
    private FakeRpcServer one;
    private FakeRpcServer other;
    private ChainEndpoints chain;

    @BeforeEach
    void start() {
        one = new FakeRpcServer(CHAIN);
        other = new FakeRpcServer(CHAIN);
        chain = endpoints(one.uri(), other.uri());
    }

    @AfterEach
    void end() {
        chain.close();
        one.close();
        other.close();
    }

    private ChainEndpoints endpoints(URI... uris) {
        return new ChainEndpoints(CHAIN, List.of(uris), clock, TIMEOUT, Instant.MAX);
    }

    @Test
    void readsStickToOneEndpoint() {
        for (var i = 0; i < 5; i++) {
            chain.call("eth_gasPrice");
        }
        assertThat(one.count("eth_gasPrice")).isEqualTo(5);
        assertThat(other.count("eth_gasPrice")).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"HANGS", "HANGS_IN_THE_ANSWER", "NO_JSON", "WRONG_ID", "INTERNAL_ERROR"})
    void readsGoToTheNextEndpointWhenOneIsIll(Mood mood) {
        chain.call("eth_gasPrice");
        one.mood = mood;
        var began = System.nanoTime();
        assertThat(chain.call("eth_gasPrice").asText()).isEqualTo("0x1");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        assertThat(other.count("eth_gasPrice")).isEqualTo(1);
    }

    @Test
    void readsGoToTheNextEndpointWhenAnAnswerMakesNoSense() {
        chain.call("eth_gasPrice");
        one.mood = Mood.NONSENSE;
        assertThat(chain.read(ChainReads::head).number()).isEqualTo(100);
        assertThat(other.count("eth_getBlockByNumber")).isEqualTo(1);
        other.mood = Mood.NONSENSE;
        assertThatThrownBy(() ->
                        chain.read(rpc -> Hex.toLong(rpc.call("eth_gasPrice").asText())))
                .isInstanceOf(ChainUnavailableException.class);
    }

    @Test
    void staysWithTheNextEndpointWhenTheFirstIsBack() {
        one.mood = Mood.NO_JSON;
        chain.call("eth_gasPrice");
        one.mood = Mood.WELL;
        clock.advance(Duration.ofMinutes(1));
        chain.call("eth_gasPrice");
        assertThat(one.count("eth_gasPrice")).isZero();
        assertThat(other.count("eth_gasPrice")).isEqualTo(2);
    }

    @Test
    void aSequenceOfReadsStartsOverOnTheNextEndpoint() {
        chain.call("eth_gasPrice");
        var seen = chain.read(rpc -> {
            var first = ChainReads.head(rpc).number();
            if (first == 100) {
                one.mood = Mood.NO_JSON;
                other.headNumber = 200;
            }
            return List.of(first, ChainReads.head(rpc).number());
        });
        assertThat(seen).containsExactly(200L, 200L);
    }

    @Test
    void anAnswerIsAnAnswerEvenIfItIsAnError() {
        one.mood = Mood.REFUSES;
        assertThatThrownBy(() -> chain.call("eth_gasPrice"))
                .isInstanceOf(RpcErrorException.class)
                .hasMessage("eth_gasPrice answered -32000: tx already in mempool");
        assertThat(other.count("eth_gasPrice")).isZero();
    }

    @Test
    void leavesAnEndpointWhoseHeadStaysBehind() {
        one.headNumber = 50;
        one.headTime = Instant.parse("2026-11-22T11:59:00Z");
        chain.probe();
        chain.call("eth_gasPrice");
        assertThat(other.count("eth_gasPrice")).isEqualTo(1);
        assertThat(chain.head().orElseThrow().number()).isEqualTo(100);
        assertThat(chain.viewAge()).contains(Duration.ofSeconds(2));
    }

    @Test
    void looksAfterTheHeadsByItselfWhileItReads() throws InterruptedException {
        one.headNumber = 50;
        one.headTime = Instant.parse("2026-11-22T11:59:00Z");
        try (var byItself = new ChainEndpoints(CHAIN, List.of(one.uri(), other.uri()), clock, TIMEOUT)) {
            while (other.count("eth_gasPrice") == 0) {
                byItself.call("eth_gasPrice");
                Thread.sleep(Duration.ofMillis(10));
            }
            assertThat(byItself.head().orElseThrow().number()).isEqualTo(100);
        }
    }

    @Test
    void keepsAnEndpointThatIsAFewBlocksBehind() {
        one.headNumber = 98;
        one.headTime = Instant.parse("2026-11-22T11:59:56Z");
        chain.probe();
        chain.call("eth_gasPrice");
        assertThat(one.count("eth_gasPrice")).isEqualTo(1);
    }

    @Test
    void refusesAnEndpointOfAnotherChain() {
        one.chainId = 1;
        chain.call("eth_gasPrice");
        assertThat(one.count("eth_gasPrice")).isZero();
        assertThat(other.count("eth_gasPrice")).isEqualTo(1);
        chain.probe();
        assertThat(chain.health().getFirst())
                .satisfies(health -> assertThat(health.usable()).isFalse())
                .satisfies(health ->
                        assertThat(health.trouble()).contains(one.uri() + " is of chain 1, expected chain " + CHAIN));
    }

    @Test
    void saysClearlyThatAllAreOfAnotherChain() {
        one.chainId = 1;
        other.chainId = 2;
        assertThatThrownBy(() -> chain.call("eth_gasPrice"))
                .isInstanceOf(WrongChainException.class)
                .hasMessage(one.uri() + " is of chain 1, expected chain " + CHAIN + "; " + other.uri()
                        + " is of chain 2, expected chain " + CHAIN);
        assertThat(chain.send(new byte[] {1})).hasOnlyElementsOfType(SendAnswer.Unreachable.class);
        assertThat(one.count("eth_sendRawTransaction")).isZero();
    }

    @Test
    void asksForTheChainIdAnewAfterAFailure() {
        chain.call("eth_gasPrice");
        one.mood = Mood.NO_JSON;
        chain.call("eth_gasPrice");
        one.mood = Mood.WELL;
        one.chainId = 1;
        clock.advance(Duration.ofMinutes(1));
        other.mood = Mood.NO_JSON;
        assertThatThrownBy(() -> chain.call("eth_gasPrice"))
                .isInstanceOf(ChainUnavailableException.class)
                .hasMessageContaining("is of chain 1, expected chain " + CHAIN);
    }

    @Test
    void sendsToAllAndTellsWhatEachSaid() {
        other.mood = Mood.REFUSES;
        try (var third = new FakeRpcServer(CHAIN);
                var all = endpoints(one.uri(), other.uri(), third.uri())) {
            third.mood = Mood.HANGS;
            var answers = all.send(new byte[] {1, 2});
            assertThat(answers).hasSize(3);
            assertThat(answers.get(0)).isEqualTo(new SendAnswer.Accepted(one.uri()));
            assertThat(answers.get(1)).isEqualTo(new SendAnswer.Refused(other.uri(), -32_000, "tx already in mempool"));
            assertThat(answers.get(2)).isInstanceOf(SendAnswer.Unreachable.class);
        }
    }

    @Test
    void failsAtOnceWhileAllEndpointsAreDownAndTriesAgainSoon() {
        one.mood = Mood.NO_JSON;
        other.mood = Mood.NO_JSON;
        assertThatThrownBy(() -> chain.call("eth_gasPrice")).isInstanceOf(ChainUnavailableException.class);
        var asked =
                Stream.of(one, other).mapToInt(server -> server.methods.size()).sum();
        assertThatThrownBy(() -> chain.call("eth_gasPrice"))
                .isInstanceOf(ChainUnavailableException.class)
                .hasMessageContaining("HTTP 502");
        assertThat(Stream.of(one, other)
                        .mapToInt(server -> server.methods.size())
                        .sum())
                .isEqualTo(asked);

        one.mood = Mood.WELL;
        clock.advance(Duration.ofSeconds(5));
        assertThat(chain.call("eth_gasPrice").asText()).isEqualTo("0x1");
    }

    @Test
    void anEndpointThatIsNotThereIsUnavailable() {
        one.close();
        other.close();
        assertThatThrownBy(() -> chain.call("eth_gasPrice"))
                .isInstanceOf(ChainUnavailableException.class)
                .hasMessageContaining(one.uri().toString())
                .hasMessageContaining(other.uri().toString());
        var gone = one.uri();
        assertThatThrownBy(() -> ChainEndpoints.chainIdOf(gone)).isInstanceOf(ChainUnavailableException.class);
        assertThat(chain.viewAge()).isEmpty();
    }

    @Test
    void tellsTheChainIdOfAUrl() {
        assertThat(ChainEndpoints.chainIdOf(one.uri())).isEqualTo(CHAIN);
    }
}
