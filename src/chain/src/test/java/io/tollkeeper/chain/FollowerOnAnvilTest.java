package io.tollkeeper.chain;

import static io.tollkeeper.chain.AnvilProcess.COIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tollkeeper.chain.UsageAnchorGateway.NodeName;
import io.tollkeeper.protocol.SignerKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The follower against a real chain that is mined and reorganised by hand. */
class FollowerOnAnvilTest {
    private final CursorStore cursors = CursorStore.inMemory();
    private final Told told = new Told();
    private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
    private Deployment deployment;
    private int epochs;

    @BeforeEach
    void deploy() {
        deployment = new Deployment(AnvilProcess.minedByHand());
    }

    @AfterEach
    void end() {
        deployment.close();
    }

    /** What a listener was told, as short words: "seen 1", "final 1" (epochs of node 0), "rewound". */
    private static final class Told implements FollowerListener {
        final List<String> words = new ArrayList<>();
        Optional<BlockRef> finalUpTo = Optional.empty();
        boolean throwsOnce;

        @Override
        public void seen(List<ChainEvent> events, BlockRef head) {
            add("seen", events);
        }

        @Override
        public void rewound(BlockRef to) {
            words.add("rewound");
        }

        @Override
        public void finalized(List<ChainEvent> events, BlockRef upTo) {
            if (throwsOnce) {
                throwsOnce = false;
                throw new IllegalStateException("disk full");
            }
            add("final", events);
            finalUpTo = Optional.of(upTo);
        }

        @Override
        public void finalityBroken(BlockRef to) {
            words.add("broken");
        }

        private void add(String word, List<ChainEvent> events) {
            for (var event : events) {
                // Each but the first is told with the fence of the epoch before it.
                if (event instanceof ChainEvent.Registered registered) {
                    words.add(word + " " + registered.epoch());
                }
            }
        }
    }

    private Follower follower(int finalityDepth) {
        return follower(deployment.chain, finalityDepth);
    }

    private Follower follower(ChainAccess chain, int finalityDepth) {
        return new Follower(chain, deployment.config(finalityDepth), cursors, told, clock);
    }

    /** One more event, in a block of its own. */
    private void registerNext() {
        var node = new NodeName(Deployment.FLEET, "billing", "demo", 0);
        epochs++;
        deployment.mined(
                deployment.admin,
                "register/" + epochs,
                deployment.usageAnchor.register(
                        node, epochs, SignerKey.generate().address(), "zone", COIN));
    }

    @Test
    void tellsEachEventOnceAndGoesOnAfterARestart() {
        registerNext();
        registerNext();
        var follower = follower(0);
        assertThat(follower.tick().caughtUp()).isTrue();
        follower.tick();
        registerNext();
        assertThat(follower.tick().finalUpTo()).contains(deployment.anvil.head());
        registerNext();
        follower(0).tick();
        assertThat(told.words).containsExactly("final 1", "final 2", "final 3", "final 4");
        assertThat(told.finalUpTo).contains(deployment.anvil.head());
    }

    @Test
    void tellsAnEventAsSeenUntilItIsDeepEnough() {
        deployment.anvil.mine(5);
        var follower = follower(2);
        follower.tick();
        registerNext();
        follower.tick();
        assertThat(told.words).containsExactly("seen 1");
        deployment.anvil.mine();
        follower.tick();
        assertThat(told.words).containsExactly("seen 1");
        deployment.anvil.mine();
        follower.tick();
        assertThat(told.words).containsExactly("seen 1", "final 1");
        assertThat(follower.finalUpTo().orElseThrow().number())
                .isEqualTo(deployment.anvil.head().number() - 2);
    }

    @Test
    void takesBackWhatAReorgReplaced() {
        deployment.anvil.mine(5);
        var follower = follower(4);
        follower.tick();
        registerNext();
        registerNext();
        follower.tick();
        assertThat(told.words).containsExactly("seen 1", "seen 2");

        deployment.anvil.reorg(2);
        deployment.anvil.mine(5);
        follower.tick();
        assertThat(told.words).startsWith("seen 1", "seen 2", "rewound").doesNotContain("broken");
        assertThat(told.words.stream().filter(word -> word.startsWith("final")).toList())
                .as("what the chain has at last")
                .hasSameSizeAs(
                        deployment
                                .usageAnchor
                                .node(new NodeName(Deployment.FLEET, "billing", "demo", 0).nodeId())
                                .stream()
                                .toList());
    }

    @Test
    void noticesAReorgToAShorterChain() {
        deployment.anvil.mine(5);
        var follower = follower(4);
        follower.tick();
        registerNext();
        follower.tick();
        registerNext();
        follower.tick();
        deployment.anvil.call("anvil_rollback", 1);
        deployment.anvil.dropAllFromPool();
        follower.tick();
        assertThat(told.words).as("an endpoint that is behind is no reorg").containsExactly("seen 1", "seen 2");
        deployment.anvil.mine();
        follower.tick();
        assertThat(told.words).containsExactly("seen 1", "seen 2", "rewound");
    }

    @Test
    void saysThatTheChainBrokeItsFinalityAndTellsAnew() {
        registerNext();
        var follower = follower(0);
        follower.tick();
        registerNext();
        follower.tick();
        deployment.anvil.reorg(1);
        deployment.anvil.dropAllFromPool();
        deployment.anvil.mine();
        follower.tick();
        assertThat(told.words).containsExactly("final 1", "final 2", "broken");
        epochs = 1;
        registerAgain();
        follower.tick();
        assertThat(told.words).containsExactly("final 1", "final 2", "broken", "final 2");
    }

    private void registerAgain() {
        var outbox = deployment.outbox(deployment.anvil.rich(0));
        var node = new NodeName(Deployment.FLEET, "billing", "demo", 0);
        deployment.mined(
                outbox,
                "again",
                deployment.usageAnchor.register(node, 2, SignerKey.generate().address(), "zone", COIN));
    }

    @Test
    void tellsARunAgainWhoseListenerFailed() {
        registerNext();
        told.throwsOnce = true;
        var follower = follower(0);
        assertThatThrownBy(follower::tick).isInstanceOf(IllegalStateException.class);
        assertThat(cursors.load()).isEmpty();
        follower.tick();
        assertThat(told.words).containsExactly("final 1");
    }

    @Test
    void tellsALogOnceThoughTheEndpointRepeatsIt() {
        registerNext();
        registerNext();
        follower(
                        changed("eth_getLogs", logs -> {
                            var twice = (ArrayNode) logs.deepCopy();
                            logs.forEach(twice::add);
                            return twice;
                        }),
                        0)
                .tick();
        assertThat(told.words).containsExactly("final 1", "final 2");
    }

    @Test
    void takesNoLogsOfABlockThatIsNotOnTheChain() {
        registerNext();
        var lying = changed("eth_getLogs", logs -> {
            var other = (ArrayNode) logs.deepCopy();
            other.forEach(log ->
                    ((com.fasterxml.jackson.databind.node.ObjectNode) log).put("blockHash", "0x" + "77".repeat(32)));
            return other;
        });
        follower(lying, 0).tick();
        assertThat(told.words).isEmpty();
        assertThat(cursors.load()).isEmpty();
        follower(0).tick();
        assertThat(told.words).containsExactly("final 1");
    }

    @Test
    void readsLongStretchesInBoundedNumericRangesHalvedWhenTheEndpointObjects() {
        registerNext();
        deployment.anvil.mine(1_500);
        registerNext();
        var ranges = new ArrayList<Long>();
        var bounded = new ChainAccess() {
            @Override
            public long chainId() {
                return deployment.chain.chainId();
            }

            @Override
            public <T> T read(Function<Rpc, T> sequence) {
                return deployment.chain.read(rpc -> sequence.apply((method, params) -> {
                    if (method.equals("eth_getLogs")) {
                        var filter = (java.util.Map<?, ?>) params[0];
                        var blocks = Hex.toLong(String.valueOf(filter.get("toBlock")))
                                - Hex.toLong(String.valueOf(filter.get("fromBlock")))
                                + 1;
                        if (blocks > 600) {
                            throw new RpcErrorException(method, -32_000, "range too large", Optional.empty());
                        }
                        ranges.add(blocks);
                    }
                    return rpc.call(method, params);
                }));
            }

            @Override
            public List<SendAnswer> send(byte[] signed) {
                return deployment.chain.send(signed);
            }
        };
        var follower = follower(bounded, 0);
        for (var tick = 0; tick < 20 && !follower.tick().caughtUp(); tick++) {
            assertThat(tick).isLessThan(19);
        }
        assertThat(told.words).containsExactly("final 1", "final 2");
        assertThat(ranges.stream().mapToLong(Long::longValue).sum())
                .isEqualTo(deployment.anvil.head().number() + 1);
    }

    @Test
    void saysHowOldItsViewIsWhileTheChainIsAway() {
        var follower = follower(0);
        assertThat(follower.viewAge()).isEmpty();
        follower.tick();
        var head = deployment.anvil.head();
        deployment.anvil.close();
        clock.set(head.time().plusSeconds(90));
        assertThat(follower.tick().trouble()).isPresent();
        assertThat(follower.viewAge()).contains(Duration.ofSeconds(90));
    }

    @Test
    void aCursorReadsBackFromItsBytes() {
        follower(0).tick();
        var cursor = cursors.load().orElseThrow();
        assertThat(Cursor.fromBytes(cursor.toBytes())).isEqualTo(cursor);
    }

    private ChainAccess changed(String changedMethod, Function<JsonNode, JsonNode> change) {
        return new ChainAccess() {
            @Override
            public long chainId() {
                return deployment.chain.chainId();
            }

            @Override
            public <T> T read(Function<Rpc, T> sequence) {
                return deployment.chain.read(rpc -> sequence.apply((method, params) -> {
                    var answer = rpc.call(method, params);
                    return method.equals(changedMethod) ? change.apply(answer) : answer;
                }));
            }

            @Override
            public List<SendAnswer> send(byte[] signed) {
                return deployment.chain.send(signed);
            }
        };
    }
}
