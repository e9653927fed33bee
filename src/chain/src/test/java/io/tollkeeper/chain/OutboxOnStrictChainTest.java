package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The outbox on a chain that words everything differently and queues nothing. */
class OutboxOnStrictChainTest {
    private static final OutboxPolicy POLICY = OutboxPolicy.withFinalityDepth(0);

    private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
    private final FakeBftChain chain = new FakeBftChain();
    private final SignerKey key = SignerKey.generate();
    private final ConcurrentHashMap<Long, byte[]> disk = new ConcurrentHashMap<>();
    private final Outbox outbox = restarted();

    private Outbox restarted() {
        return new Outbox(new CrashPlan(-1).store(disk), key, chain, POLICY, clock);
    }

    private long submit(String name) {
        return outbox.submit(name, ChainCall.of(SignerKey.generate().address(), new byte[0]));
    }

    private List<Bytes32> hashes(long id) {
        return ((OutboxState.Sent) outbox.state(id)).hashes();
    }

    private Bytes32 minedHash(long id) {
        return ((OutboxState.Final) outbox.state(id)).receipt().transactionHash();
    }

    private void later(Duration time) {
        clock.advance(time);
        outbox.tick();
    }

    @Test
    void bringsSeveralCallsToTheChainInOrder() {
        var first = submit("1");
        var second = submit("2");
        outbox.tick();
        chain.mine(chain.one, chain.other);
        outbox.tick();
        assertThat(outbox.state(first)).isInstanceOf(OutboxState.Final.class);
        assertThat(outbox.state(second)).isInstanceOf(OutboxState.Final.class);
        assertThat(chain.refusals).isEmpty();
    }

    @Test
    void aRaisedFeeThatIsRefusedIsNoFailure() {
        var id = submit("1");
        outbox.tick();
        var original = hashes(id).getFirst();
        chain.mine();
        later(POLICY.bumpAfter());
        assertThat(hashes(id)).hasSize(2);
        assertThat(chain.refusals).isNotEmpty();
        for (var minutes = 0; minutes < 4; minutes++) {
            chain.mine();
            later(Duration.ofMinutes(1));
        }
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Sent.class);
        chain.mine(chain.one);
        outbox.tick();
        assertThat(minedHash(id)).isEqualTo(original);
    }

    @Test
    void whicheverOfTwoHashesWinsEndsTheCall() {
        chain.other.down = true;
        var id = submit("1");
        outbox.tick();
        chain.mine();
        chain.other.down = false;
        later(POLICY.bumpAfter());
        var both = hashes(id);
        assertThat(both).hasSize(2);
        chain.mine(chain.other);
        outbox.tick();
        assertThat(minedHash(id)).isEqualTo(both.getLast());
    }

    @Test
    void anEndpointThatMissedANonceGetsTheRunAgainFromItsBeginning() {
        var first = submit("1");
        chain.other.down = true;
        outbox.tick();
        chain.other.down = false;
        var second = submit("2");
        outbox.tick();
        assertThat(chain.refusals).containsExactly("invalid nonce; got 1, expected 0: invalid sequence");
        later(POLICY.resendAfter());
        chain.mine(chain.other);
        outbox.tick();
        assertThat(outbox.state(first)).isInstanceOf(OutboxState.Final.class);
        assertThat(outbox.state(second)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void alreadyInMempoolIsNotBelievedOfATransactionThatIsMined() {
        var id = submit("1");
        outbox.tick();
        chain.mine(chain.one);
        // The process died before it saw the receipt; its successor finds the row as sent.
        var successor = restarted();
        successor.tick();
        assertThat(successor.state(id)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void aCallThatWasTakenIsNotGivenUpThoughItsResendsAreRefusedForMinutes() {
        var id = submit("1");
        outbox.tick();
        for (var tick = 0; tick < 50; tick++) {
            chain.mine();
            later(Duration.ofSeconds(5));
        }
        chain.mine(chain.one);
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void signsNothingNewWhileTheChainMakesNoBlocks() {
        var id = submit("1");
        outbox.tick();
        for (var minutes = 0; minutes < 30; minutes++) {
            later(Duration.ofMinutes(1));
        }
        assertThat(hashes(id)).hasSize(1);
        chain.mine(chain.one);
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void keepsSignedBytesWhileNoEndpointAnswers() {
        chain.one.down = true;
        chain.other.down = true;
        var id = submit("1");
        assertThat(outbox.tick().trouble()).contains("all down");
        chain.one.down = false;
        outbox.tick();
        chain.mine(chain.one);
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
    }
}
