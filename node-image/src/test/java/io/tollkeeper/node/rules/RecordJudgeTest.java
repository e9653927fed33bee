package io.tollkeeper.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.node.TestClient;
import io.tollkeeper.node.TestNodes;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.SubmitError;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records 1 to 3 exist, a minute apart from second 1000 on, at 100 base units a minute. */
class RecordJudgeTest {
    private static final long EPOCH = 4;
    private static final long NOW = 2_000;
    private static final Address PAYEE = Address.fromHex("0x" + "aa".repeat(20));
    private static final SigningDomain DOMAIN = new SigningDomain(1, Address.fromHex("0x" + "bb".repeat(20)));
    private static final ServedPlan PLAN = TestNodes.plan(PAYEE, "STOP", "0s", "20s");

    private final TestClient client =
            new TestClient(DOMAIN, SignerKey.generate(), Bytes32.fromHex("0x" + "01".repeat(32)));
    private final SignedRecord one = client.next(RecordKind.START, 1_000, 60);
    private final SignedRecord two = client.next(RecordKind.INTERIM, 1_060, 120);
    private final SignedRecord three = client.next(RecordKind.INTERIM, 1_120, 180);

    private static HeldRecord held(SignedRecord signed, long epoch, long leaf, long limitReachedAt) {
        return new HeldRecord(
                Optional.of(new HeldRecord.LogPlace(epoch, leaf)),
                false,
                limitReachedAt,
                DOMAIN.digest(signed.record()),
                signed);
    }

    private static Optional<HeldRecord> held(SignedRecord signed) {
        return Optional.of(held(signed, EPOCH, signed.record().seq() - 1, 0));
    }

    private static Claim claim(SignedRecord signed, boolean first) {
        return new Claim(
                signed,
                DOMAIN.digest(signed.record()),
                CanonicalRecord.encode(signed.record()),
                TariffRules.check(signed.record(), PLAN),
                first);
    }

    private Decision decide(SignedRecord signed, boolean first, Neighbours near, long deposit) {
        AgreementFacts facts = new AgreementFacts(
                client.agreement(),
                PLAN.planId(),
                PAYEE,
                client.signer(),
                0,
                BigInteger.valueOf(deposit),
                BigInteger.ZERO);
        return RecordJudge.decide(claim(signed, first), near, facts, PLAN, EPOCH, NOW);
    }

    private Decision decide(SignedRecord signed, boolean first, Neighbours near) {
        return decide(signed, first, near, 1_000_000);
    }

    private static Neighbours after(SignedRecord below) {
        return new Neighbours(held(below), Optional.empty(), Optional.empty(), held(below));
    }

    private static SubmitError error(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refuse.class);
        return ((Decision.Refuse) decision).error();
    }

    @Test
    void acceptsTheFirstRecordAndItsSuccessor() {
        assertThat(decide(one, true, Neighbours.NONE)).isEqualTo(new Decision.Accept(0));
        assertThat(decide(two, true, after(one))).isEqualTo(new Decision.Accept(0));
        assertThat(decide(two, false, after(one))).isEqualTo(new Decision.Accept(0));
    }

    @Test
    void answersDuplicateWithTheLeafThatItHas() {
        Neighbours near = new Neighbours(held(one), held(two), held(three), held(three));
        assertThat(decide(two, true, near)).isEqualTo(new Decision.Duplicate(1));
    }

    @Test
    void givesALeafToARecordThatItKnowsFromTheChainOrFromAnEarlierEpochAlone() {
        HeldRecord imported = new HeldRecord(Optional.empty(), true, 0, DOMAIN.digest(two.record()), two);
        Neighbours fromChain =
                new Neighbours(Optional.empty(), Optional.of(imported), Optional.empty(), Optional.of(imported));
        assertThat(decide(two, true, fromChain)).isEqualTo(new Decision.Accept(0));
        HeldRecord older = held(two, EPOCH - 1, 7, 0);
        Neighbours fromEarlier =
                new Neighbours(Optional.empty(), Optional.of(older), Optional.empty(), Optional.of(older));
        assertThat(decide(two, true, fromEarlier)).isEqualTo(new Decision.Accept(0));
    }

    @Test
    void takesWhatOpensAReportAsAStartAndAsksForWhatIsMissingBeforeAnyOther() {
        assertThat(decide(three, true, Neighbours.NONE)).isEqualTo(new Decision.Accept(0));
        assertThat(decide(three, true, after(one))).isEqualTo(new Decision.Accept(0));
        Decision.Refuse afterOne = (Decision.Refuse) decide(three, false, after(one));
        assertThat(afterOne.error()).isEqualTo(SubmitError.PREDECESSOR_MISSING);
        assertThat(afterOne.needFromSeq()).isEqualTo(2);
        Decision.Refuse afterNothing = (Decision.Refuse) decide(three, false, Neighbours.NONE);
        assertThat(afterNothing.needFromSeq()).isEqualTo(1);
    }

    @Test
    void takesALateRecordThatTheLaterOnesAreBuiltOn() {
        Neighbours between = new Neighbours(held(one), Optional.empty(), held(three), held(three));
        assertThat(decide(two, true, between)).isEqualTo(new Decision.Accept(0));
    }

    @Test
    void answersForkedWithTheNewestRecordOfItsOwnBranch() {
        SignedRecord other =
                client.make(2, DOMAIN.digest(one.record()), RecordKind.INTERIM, 1_061, 120, TestClient.amount(120));
        Neighbours same = new Neighbours(held(one), held(two), held(three), held(three));
        Decision.Refuse sameNumber = (Decision.Refuse) decide(other, true, same);
        assertThat(sameNumber.error()).isEqualTo(SubmitError.FORKED);
        assertThat(sameNumber.forked()).isEqualTo(held(three));

        SignedRecord otherParent =
                client.make(3, DOMAIN.digest(other.record()), RecordKind.INTERIM, 1_120, 180, TestClient.amount(180));
        assertThat(error(decide(otherParent, true, after(two)))).isEqualTo(SubmitError.FORKED);

        Neighbours late = new Neighbours(held(one), Optional.empty(), held(three), held(three));
        assertThat(error(decide(other, true, late))).isEqualTo(SubmitError.FORKED);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        # asOf, seconds, amount, error; after record 1 (asOf 1000, 60 s, 100)
        999,    120,     200,    AS_OF_FALLS
        1060,   59,      98,     AMOUNT_FALLS
        1060,   59,      100,    COUNTER_FALLS
        2031,   120,     200,    CLOCK_AHEAD
        1060,   120,     199,    AMOUNT_WRONG
        1060,   120,     201,    AMOUNT_WRONG
        """)
    void refusesWhatFallsRunsAheadOrIsRatedWrongly(long asOf, long seconds, long amount, SubmitError expected) {
        SignedRecord wrong = client.make(
                2, DOMAIN.digest(one.record()), RecordKind.INTERIM, asOf, seconds, BigInteger.valueOf(amount));
        assertThat(error(decide(wrong, false, after(one)))).isEqualTo(expected);
        if (expected != SubmitError.COUNTER_FALLS) {
            assertThat(error(decide(skipped(wrong), true, after(one)))).isEqualTo(expected);
        }
    }

    /** The same at number 3, so that a record is missing between. */
    private SignedRecord skipped(SignedRecord wrong) {
        var record = wrong.record();
        return client.make(
                3,
                DOMAIN.digest(two.record()),
                record.kind(),
                record.asOf(),
                record.body().counter(1, 0),
                record.amount());
    }

    @Test
    void tellsWhenToComeBackWithARecordOfTheFuture() {
        SignedRecord ahead = client.make(1, Bytes32.ZERO, RecordKind.START, NOW + 40, 60, TestClient.amount(60));
        Decision.Refuse refusal = (Decision.Refuse) decide(ahead, true, Neighbours.NONE);
        assertThat(refusal.error()).isEqualTo(SubmitError.CLOCK_AHEAD);
        assertThat(refusal.retryAfterMillis()).isEqualTo(10_000);
    }

    @Test
    void takesNothingAfterTheClose() {
        SignedRecord close = client.next(RecordKind.CLOSE, 1_180, 180);
        SignedRecord after = client.next(RecordKind.START, 1_190, 180);
        assertThat(error(decide(after, true, after(close)))).isEqualTo(SubmitError.AGREEMENT_CLOSED);
    }

    @Test
    void servesOneReportBeyondTheLimitAndThenWaitsForFunds() {
        // The deposit is 150: record 2 (200, asOf 1060) reaches it; reportEvery is 2 s.
        Decision reaching = decide(two, false, after(one), 150);
        assertThat(reaching).isEqualTo(new Decision.Accept(1_060));
        HeldRecord reached = held(two, EPOCH, 1, 1_060);
        Neighbours near =
                new Neighbours(Optional.of(reached), Optional.empty(), Optional.empty(), Optional.of(reached));
        SignedRecord within =
                client.make(3, DOMAIN.digest(two.record()), RecordKind.INTERIM, 1_062, 122, TestClient.amount(122));
        assertThat(decide(within, false, near, 150)).isEqualTo(new Decision.Accept(1_060));
        SignedRecord beyond =
                client.make(3, DOMAIN.digest(two.record()), RecordKind.INTERIM, 1_063, 123, TestClient.amount(123));
        assertThat(error(decide(beyond, false, near, 150))).isEqualTo(SubmitError.FUNDS_EXHAUSTED);
        // Money came in: the same record is taken, and the limit is not reached any more.
        assertThat(decide(beyond, false, near, 1_000)).isEqualTo(new Decision.Accept(0));
    }
}
