package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.chain.OutboxDecider.Action;
import io.tollkeeper.chain.OutboxDecider.NonceUser;
import io.tollkeeper.chain.OutboxDecider.Track;
import io.tollkeeper.chain.OutboxDecider.Tracked;
import io.tollkeeper.chain.OutboxDecider.View;
import io.tollkeeper.chain.OutboxRow.Outcome;
import io.tollkeeper.chain.OutboxRow.Stage;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the outbox concludes, without a chain and without a clock of its own. */
class OutboxDeciderTest {
    private static final OutboxPolicy POLICY = OutboxPolicy.withFinalityDepth(2);
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ChainCall CALL = ChainCall.of(Address.ZERO, new byte[0]);
    private static final RevertReason REASON = new RevertReason("No", List.of(), new byte[] {1, 2, 3, 4});

    private final OutboxDecider decider = new OutboxDecider(POLICY);

    private static Attempt attempt(int number, boolean noop, Instant at) {
        return new Attempt(
                Bytes32.fromHex("0x" + "%064x".formatted(number)),
                new byte[] {(byte) number},
                FeeQuote.dynamic(BigInteger.TEN, BigInteger.ONE),
                21_000,
                noop,
                at,
                100);
    }

    private static Stage.Signed signed(long nonce, int... attempts) {
        return new Stage.Signed(
                nonce,
                java.util.Arrays.stream(attempts)
                        .mapToObj(number -> attempt(number, false, NOW))
                        .toList());
    }

    private static OutboxRow row(long id, Stage stage) {
        return new OutboxRow(id, "key/" + id, CALL, OptionalLong.empty(), stage);
    }

    private static Tracked tracked(long id, Stage stage) {
        return new Tracked(row(id, stage), Track.NEW);
    }

    private static TxReceipt receipt(int attempt, long block, boolean succeeded) {
        return new TxReceipt(
                block,
                Bytes32.fromHex("0x" + "%064x".formatted(1_000 + block)),
                Bytes32.fromHex("0x" + "%064x".formatted(attempt)),
                succeeded,
                1,
                Optional.empty());
    }

    private static View view(long head, long minedNonce, long finalNonce, TxReceipt... receipts) {
        return view(head, minedNonce, finalNonce, Map.of(), receipts);
    }

    private static View view(
            long head, long minedNonce, long finalNonce, Map<Long, NonceUser> users, TxReceipt... receipts) {
        var byHash = new java.util.HashMap<Bytes32, TxReceipt>();
        for (var receipt : receipts) {
            byHash.put(receipt.transactionHash(), receipt);
        }
        return new View(new BlockRef(head, Bytes32.ZERO, NOW), minedNonce, finalNonce, byHash, users);
    }

    private Stage absorbed(Tracked before, View view) {
        return decider.absorb(before, view, NOW).row().stage();
    }

    @Test
    void anyOfANoncesHashesEndsIt() {
        var stage = signed(4, 1, 2, 3);
        assertThat(absorbed(tracked(0, stage), view(101, 5, 4, receipt(2, 101, true))))
                .isEqualTo(new Stage.InBlock(stage, stage.attempts().get(1), receipt(2, 101, true), Optional.empty()));
    }

    @Test
    void settlesAtTheDepthOfThePolicyAndNotBefore() {
        var stage = signed(4, 1);
        var inBlock = new Stage.InBlock(stage, stage.newest(), receipt(1, 101, true), Optional.empty());
        assertThat(absorbed(tracked(0, inBlock), view(102, 5, 4, receipt(1, 101, true))))
                .isEqualTo(inBlock);
        assertThat(absorbed(tracked(0, inBlock), view(103, 5, 5, receipt(1, 101, true))))
                .isEqualTo(new Stage.Settled(OptionalLong.of(4), new Outcome.Succeeded(receipt(1, 101, true)), NOW));
    }

    @Test
    void aRevertSettlesOnlyOnceItsReasonIsKnown() {
        var stage = signed(4, 1);
        var receipt = receipt(1, 101, false);
        var without = new Stage.InBlock(stage, stage.newest(), receipt, Optional.empty());
        assertThat(absorbed(tracked(0, without), view(110, 5, 5, receipt))).isEqualTo(without);
        var explained = new Stage.InBlock(stage, stage.newest(), receipt, Optional.of(REASON));
        assertThat(absorbed(tracked(0, explained), view(110, 5, 5, receipt)))
                .isEqualTo(
                        new Stage.Settled(OptionalLong.of(4), new Outcome.Reverted(REASON, Optional.of(receipt)), NOW));
    }

    @Test
    void aTransactionThatMovedToAnotherBlockCountsFromThere() {
        var stage = signed(4, 1);
        var inBlock = new Stage.InBlock(stage, stage.newest(), receipt(1, 101, false), Optional.of(REASON));
        assertThat(absorbed(tracked(0, inBlock), view(104, 5, 4, receipt(1, 103, true))))
                .isEqualTo(new Stage.InBlock(stage, stage.newest(), receipt(1, 103, true), Optional.empty()));
    }

    @Test
    void aReceiptThatIsGoneReturnsTheRowToSent() {
        var stage = signed(4, 1);
        var inBlock = new Stage.InBlock(stage, stage.newest(), receipt(1, 101, true), Optional.empty());
        assertThat(absorbed(tracked(0, inBlock), view(101, 4, 4))).isEqualTo(stage);
    }

    @Test
    void anEndpointThatIsBehindIsNotBelievedAtOnce() {
        var stage = signed(4, 1);
        var inBlock = tracked(0, new Stage.InBlock(stage, stage.newest(), receipt(1, 101, true), Optional.empty()));
        var doubted = decider.absorb(inBlock, view(100, 4, 4), NOW);
        assertThat(doubted.row()).isEqualTo(inBlock.row());
        assertThat(decider.absorb(doubted, view(100, 4, 4), NOW.plus(OutboxDecider.BELIEVE_AFTER))
                        .row()
                        .stage())
                .isEqualTo(stage);
        var seenAgain = decider.absorb(doubted, view(102, 5, 4, receipt(1, 101, true)), NOW);
        assertThat(seenAgain.track().missingSince()).isEmpty();
    }

    @Test
    void aNonceGoesToAnotherTransactionOnlyByFinalEvidence() {
        var row = tracked(0, signed(4, 1));
        var nonceIsUsedButNotFinal = view(101, 5, 4);
        assertThat(absorbed(row, nonceIsUsedButNotFinal)).isEqualTo(row.row().stage());
        assertThat(absorbed(row, view(110, 5, 5, Map.of(4L, NonceUser.US))))
                .isEqualTo(row.row().stage());
        assertThat(absorbed(row, view(110, 5, 5, Map.of(4L, NonceUser.ANOTHER))))
                .isEqualTo(new Stage.Waiting());
    }

    @Test
    void withoutEvidenceANonceIsGivenUpOnlyAfterAWhile() {
        var row = tracked(0, signed(4, 1));
        var unknown = view(110, 5, 5, Map.of(4L, NonceUser.UNKNOWN));
        var missing = decider.absorb(row, unknown, NOW);
        var almost = decider.absorb(
                missing, unknown, NOW.plus(POLICY.evidenceAfter()).minusMillis(1));
        assertThat(almost.row()).isEqualTo(row.row());
        assertThat(decider.absorb(almost, unknown, NOW.plus(POLICY.evidenceAfter()))
                        .row()
                        .stage())
                .isEqualTo(new Stage.Waiting());
    }

    @Test
    void aMinedNoopMeansRefused() {
        var stage = new Stage.Signed(4, List.of(attempt(1, false, NOW), attempt(2, true, NOW)));
        var refused = new Tracked(row(0, stage), Track.NEW.refusedAt(NOW, true, "refused: too big"));
        assertThat(absorbed(refused, view(110, 5, 5, receipt(2, 101, true))))
                .isEqualTo(new Stage.Settled(OptionalLong.of(4), new Outcome.Refused("refused: too big"), NOW));
        assertThat(absorbed(refused, view(110, 5, 5, receipt(1, 101, true))))
                .as("the first one made it after all")
                .isEqualTo(new Stage.Settled(OptionalLong.of(4), new Outcome.Succeeded(receipt(1, 101, true)), NOW));
    }

    @Test
    void sendsWhatWasNotSentThenWaits() {
        var fresh = tracked(0, signed(4, 1));
        assertThat(actions(NOW, view(100, 4, 4), fresh)).containsExactly(new Action.Send(fresh));
        var sent = new Tracked(fresh.row(), Track.NEW.sentAt(NOW));
        assertThat(actions(NOW, view(100, 4, 4), sent)).isEmpty();
        assertThat(actions(NOW.plus(POLICY.resendAfter()), view(100, 4, 4), sent))
                .containsExactly(new Action.Send(sent));
    }

    @Test
    void raisesOnlyTheAccountsNextNonceAndOnlyOnAChainThatGoesOn() {
        var next = new Tracked(row(0, signed(4, 1)), Track.NEW.sentAt(NOW));
        var behind = new Tracked(row(1, signed(5, 2)), Track.NEW.sentAt(NOW));
        var late = NOW.plus(POLICY.bumpAfter());
        assertThat(actions(late, view(101, 4, 4), behind, next))
                .containsExactly(new Action.Bump(next), new Action.Send(behind));
        assertThat(actions(late, view(100, 4, 4), behind, next))
                .as("no block since it was signed")
                .containsExactly(new Action.Send(next), new Action.Send(behind));
        assertThat(actions(late.minusMillis(1), view(101, 4, 4), next)).containsExactly(new Action.Send(next));
    }

    @Test
    void givesANonceUpSoonIfNoEndpointEverTookItAndMuchLaterIfOneDid() {
        var never = new Tracked(row(0, signed(4, 1)), Track.NEW.refusedAt(NOW, true, "no"));
        var view = view(101, 4, 4);
        assertThat(actions(NOW.plus(POLICY.refuseAfter()), view, never)).containsExactly(new Action.Cancel(never));
        assertThat(actions(NOW.plus(POLICY.refuseAfter()).minusMillis(1), view, never))
                .containsExactly(new Action.Bump(never));
        var once = new Tracked(never.row(), Track.NEW.sentAt(NOW).refusedAt(NOW, true, "no"));
        assertThat(actions(NOW.plus(POLICY.refuseAfter()), view, once)).containsExactly(new Action.Bump(once));
        assertThat(actions(NOW.plus(POLICY.stuckAfter()), view, once)).containsExactly(new Action.Cancel(once));
    }

    @Test
    void refusalsCountOnlyWhileItIsTheNextNonce() {
        var behind = Track.NEW.refusedAt(NOW, false, "invalid nonce; got 5, expected 4");
        assertThat(behind.refusedSince()).isEmpty();
        assertThat(behind.refusedAt(NOW.plusSeconds(60), true, "no").refusedSince())
                .contains(NOW.plusSeconds(60));
        assertThat(Track.NEW.refusedAt(NOW, true, "no").sentAt(NOW).refusedSince())
                .isEmpty();
    }

    @Test
    void doesNotSendWhatTheChainHasPassed() {
        assertThat(actions(NOW, view(101, 5, 4), tracked(0, signed(4, 1)))).isEmpty();
    }

    @Test
    void fillsGapsOnceTheyLast() {
        var settled = tracked(0, new Stage.Settled(OptionalLong.of(3), new Outcome.Refused("x"), NOW));
        var onTheWay = new Tracked(row(1, signed(5, 1)), Track.NEW.sentAt(NOW));
        var view = view(100, 3, 3);
        var rows = List.of(settled, onTheWay);
        assertThat(OutboxDecider.gaps(rows, view)).containsExactly(3L, 4L);
        assertThat(decider.actions(rows, view, Optional.of(NOW), NOW)).isEmpty();
        assertThat(decider.actions(rows, view, Optional.of(NOW), NOW.plus(OutboxDecider.BELIEVE_AFTER)))
                .startsWith(new Action.Fill(3), new Action.Fill(4));
        assertThat(OutboxDecider.gaps(rows, view(100, 5, 5))).isEmpty();
        assertThat(OutboxDecider.nextNonce(rows, view)).isEqualTo(6);
        assertThat(OutboxDecider.nextNonce(rows, view(100, 9, 9))).isEqualTo(9);
        assertThat(OutboxDecider.nextNonce(List.of(), view(100, 0, 0))).isZero();
    }

    @Test
    void preparesInOrderWhatThereIsRoomFor() {
        var policy = new OutboxPolicy(
                0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                13,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                2,
                Duration.ofHours(1));
        var onTheWay = new Tracked(row(7, signed(4, 1)), Track.NEW.sentAt(NOW));
        var second = tracked(9, new Stage.Waiting());
        var first = tracked(8, new Stage.Waiting());
        assertThat(new OutboxDecider(policy)
                        .actions(List.of(onTheWay, second, first), view(100, 4, 4), Optional.empty(), NOW))
                .containsExactly(new Action.Prepare(first));
    }

    private List<Action> actions(Instant now, View view, Tracked... rows) {
        return decider.actions(List.of(rows), view, Optional.empty(), now);
    }
}
