package io.tollkeeper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Counter;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.protocol.v1.RecordResult;
import io.tollkeeper.protocol.v1.Report;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.rating.CounterKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each check of the receiver, against a node that runs as its image does. */
@ExtendWith(OnStage.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRecordsIT {
    private static final String NAME = "records";
    private static final int HOUR_SECONDS = 3600;
    private static final int REPORT_EVERY_SECONDS = 2;

    private final Stage stage;
    private final PlanFile plan;
    private final long start = Instant.now().getEpochSecond() - 60;

    private RecordSource source = unopened();
    private SignedRecord newest = source.sign(source.draft(start, 0, RecordKind.START));
    private NodeCalls node = new NodeCalls("127.0.0.1", new io.tollkeeper.protocol.SigningDomain(1, anyAddress()));

    BadRecordsIT(OnStage.Shared shared) {
        this.stage = shared.stage();
        this.plan = shared.plan();
    }

    @BeforeAll
    void aNodeAndAnAgreementWithTwoRecords() {
        stage.apply(Manifest.of(stage, NAME, 1));
        stage.awaitReady(NAME, 1);
        node.close();
        node = new NodeCalls(stage.podIp(NAME + "-n0-e1"), stage.chain().domain());
        source = open("bad-records", plan, "1000000000000000000");
        accepted(source.next(start, 10, RecordKind.START));
        newest = source.next(start + 1, 10, RecordKind.INTERIM);
        accepted(newest);
    }

    @AfterAll
    void removeTheBillingNode() {
        node.close();
        stage.delete(NAME);
    }

    private RecordSource open(String customer, PlanFile under, String depositWei) {
        var agreement = stage.openAgreement(customer, under, 4, depositWei);
        return new RecordSource(
                agreement.id(), agreement.signer(), stage.chain().domain(), under.tariff(), start);
    }

    @TestFactory
    Stream<DynamicTest> eachCheckAnswersWithItsNumber() {
        return Stream.of(
                refused(SubmitError.RECORD_TOO_LARGE, raw(new byte[20_000])),
                refused(SubmitError.RECORD_MALFORMED, raw(new byte[200])),
                refused(
                        SubmitError.AGREEMENT_UNKNOWN,
                        () -> bent(usage -> with(usage, usage.body(), Bytes32.fromHex("0x" + "ab".repeat(32))))),
                refused(SubmitError.SIGNATURE_INVALID, () -> {
                    var usage = source.draft(now(), 1, RecordKind.INTERIM);
                    return new SignedRecord(
                            usage,
                            SignerKey.generate().sign(stage.chain().domain().digest(usage)));
                }),
                refused(
                        SubmitError.FORKED,
                        () -> bent(
                                usage -> copy(usage, usage.branch(), 2, usage.asOf(), usage.amount(), usage.body()))),
                refused(
                        SubmitError.AS_OF_FALLS,
                        () -> bent(usage ->
                                copy(usage, usage.branch(), usage.seq(), start - 5, usage.amount(), usage.body()))),
                refused(SubmitError.AMOUNT_FALLS, () -> bent(usage -> counted(usage, List.of(new Counter(1, 0, 5))))),
                refused(
                        SubmitError.CLOCK_AHEAD,
                        () -> bent(usage -> copy(
                                usage,
                                usage.branch(),
                                usage.seq(),
                                now() + HOUR_SECONDS,
                                usage.amount(),
                                usage.body()))),
                refused(
                        SubmitError.BASE_CHANGED,
                        () -> bent(usage -> copy(
                                usage,
                                usage.branch(),
                                usage.seq(),
                                usage.asOf(),
                                usage.amount().add(BigInteger.ONE),
                                base(usage.body(), BigInteger.ONE)))),
                refused(
                        SubmitError.COUNTER_FALLS,
                        () -> bent(usage ->
                                counted(usage, List.of(new Counter(1, 0, 19), new Counter(2, 0, 10_000_000))))),
                refused(
                        SubmitError.WINDOW_WRONG,
                        () -> bent(usage -> copy(
                                usage,
                                usage.branch(),
                                usage.seq(),
                                usage.asOf(),
                                usage.amount(),
                                window(usage.body(), 7)))),
                refused(
                        SubmitError.METER_UNKNOWN,
                        () -> bent(usage -> copy(
                                usage,
                                usage.branch(),
                                usage.seq(),
                                usage.asOf(),
                                usage.amount(),
                                counters(usage.body(), List.of(new Counter(1, 0, 21), new Counter(99, 0, 1)))))),
                refused(
                        SubmitError.AMOUNT_WRONG,
                        () -> bent(usage -> copy(
                                usage,
                                usage.branch(),
                                usage.seq(),
                                usage.asOf(),
                                usage.amount().add(BigInteger.ONE),
                                usage.body()))));
    }

    /** A record that begins its report needs none: see docs/decisions/0002-first-record-at-a-node.md. */
    @Test
    void aRecordInAReportNeedsTheOneBeforeIt() {
        var gap =
                bent(usage -> copy(usage, usage.branch(), usage.seq() + 5, usage.asOf(), usage.amount(), usage.body()));

        var results = node.submit(List.of(newest, gap)).getResultsList();

        assertThat(results.get(0).hasDuplicate()).isTrue();
        assertError(SubmitError.PREDECESSOR_MISSING, results.get(1));
        assertThat(results.get(1).getError().getNeedFromSeq())
                .isEqualTo(newest.record().seq() + 1);
    }

    @Test
    void aBatchWithTooManyRecordsIsRefusedWhole() {
        var record = NodeCalls.message(source.sign(source.draft(now(), 1, RecordKind.INTERIM)));
        var report = Report.newBuilder();
        for (var i = 0; i < 10_001; i++) {
            report.addRecords(record);
        }

        var ack = node.submit(ReportBatch.newBuilder().addReports(report).build());

        assertThat(ack.getResultsList()).isNotEmpty().allSatisfy(result -> assertThat(
                        result.getError().getNumber())
                .isEqualTo(SubmitError.BATCH_TOO_LARGE.number()));
    }

    @Test
    void anAgreementUnderAPlanThatIsNotServedIsSentElsewhere() {
        var other = stage.registerPlanOnly(
                "not-served", PlanFile.of(stage.accounts().payeeAddress(), "STOP", 30, 119, 1));
        var foreign = open("not-served", other, "1000");

        assertRefused(SubmitError.PLAN_NOT_SERVED, foreign.next(start, 0, RecordKind.START));
    }

    @Test
    void useIsRefusedAFullReportIntervalAfterTheFundsWereUsedUp() {
        var poor = open("poor", plan, "5000");
        accepted(poor.next(start, 4, RecordKind.START));
        accepted(poor.next(start + 1, 4, RecordKind.INTERIM));

        var late = poor.next(start + 1 + 2 * REPORT_EVERY_SECONDS, 1, RecordKind.INTERIM);

        assertRefused(SubmitError.FUNDS_EXHAUSTED, late);
    }

    @Test
    void theSameRecordAgainIsASuccessAndNoBadRecordJamsTheAgreement() {
        assertRefused(
                SubmitError.AMOUNT_WRONG,
                bent(usage -> copy(
                        usage,
                        usage.branch(),
                        usage.seq(),
                        usage.asOf(),
                        usage.amount().add(BigInteger.TWO),
                        usage.body())));
        var own = open("again", plan, "1000000");
        var first = own.next(start, 1, RecordKind.START);
        accepted(first);

        assertThat(only(first).hasDuplicate()).isTrue();
        accepted(own.next(start + 1, 1, RecordKind.STOP));
    }

    // ---- sending

    private DynamicTest refused(SubmitError expected, java.util.function.Supplier<SignedRecord> record) {
        return DynamicTest.dynamicTest(expected.number() + " " + expected, () -> assertRefused(expected, record.get()));
    }

    private DynamicTest refused(SubmitError expected, ByteString record) {
        return DynamicTest.dynamicTest(expected.number() + " " + expected, () -> {
            var message = io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                    .setRecord(record)
                    .setSignature(ByteString.copyFrom(new byte[64]));
            var ack = node.submit(ReportBatch.newBuilder()
                    .addReports(Report.newBuilder().addRecords(message))
                    .build());
            assertError(expected, ack.getResults(0));
        });
    }

    private static ByteString raw(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }

    private void accepted(SignedRecord record) {
        var result = Await.until(
                "the node accepts record " + record.record().seq(), java.time.Duration.ofSeconds(20), () -> {
                    var answer = only(record);
                    // The node may see the agreement's opening a moment after us.
                    return answer.getError().getNumber() == SubmitError.AGREEMENT_UNKNOWN.number()
                            ? java.util.Optional.empty()
                            : java.util.Optional.of(answer);
                });
        assertThat(result.hasAccepted()).as("%s", result).isTrue();
    }

    private void assertRefused(SubmitError expected, SignedRecord record) {
        assertError(expected, only(record));
    }

    private static void assertError(SubmitError expected, RecordResult result) {
        assertThat(result.getError().getNumber()).as("%s", result).isEqualTo(expected.number());
        assertThat(result.getError().getName()).isEqualTo(expected.name());
        assertThat(result.getError().getExpected()).isNotBlank();
        assertThat(result.getError().getActual()).isNotBlank();
    }

    private RecordResult only(SignedRecord record) {
        return node.submit(List.of(record)).getResults(0);
    }

    // ---- bending

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private SignedRecord bent(UnaryOperator<UsageRecord> bend) {
        return source.bent(start + 2, 1, bend);
    }

    private UsageRecord counted(UsageRecord usage, List<Counter> counters) {
        var rated = new java.util.HashMap<CounterKey, Long>();
        counters.forEach(counter -> rated.put(new CounterKey(counter.meterId(), counter.band()), counter.cumulative()));
        return copy(
                usage,
                usage.branch(),
                usage.seq(),
                usage.asOf(),
                plan.tariff().amount(Map.copyOf(rated)),
                counters(usage.body(), counters));
    }

    private static UsageRecord copy(
            UsageRecord usage, long branch, long seq, long asOf, BigInteger amount, RecordBody body) {
        return new UsageRecord(usage.agreement(), branch, seq, asOf, amount, usage.kind(), body);
    }

    private static UsageRecord with(UsageRecord usage, RecordBody body, Bytes32 agreement) {
        return new UsageRecord(
                agreement, usage.branch(), usage.seq(), usage.asOf(), usage.amount(), usage.kind(), body);
    }

    private static RecordBody counters(RecordBody body, List<Counter> counters) {
        return body(body, body.windowId(), body.base(), counters);
    }

    private static RecordBody base(RecordBody body, BigInteger base) {
        return body(body, body.windowId(), base, body.counters());
    }

    private static RecordBody window(RecordBody body, long windowId) {
        return body(body, windowId, body.base(), body.counters());
    }

    private static RecordBody body(RecordBody body, long windowId, BigInteger base, List<Counter> counters) {
        return new RecordBody(
                body.sessionNumber(),
                body.sessionStart(),
                windowId,
                body.windowStart(),
                base,
                new ArrayList<>(counters),
                body.detailCount(),
                body.detailRoot(),
                body.previousDigest(),
                body.salt());
    }

    private static io.tollkeeper.protocol.Address anyAddress() {
        return io.tollkeeper.protocol.Address.fromHex("0x" + "11".repeat(20));
    }

    private RecordSource unopened() {
        return new RecordSource(
                Bytes32.ZERO,
                SignerKey.generate(),
                new io.tollkeeper.protocol.SigningDomain(1, anyAddress()),
                PlanFile.of(anyAddress().hex(), "STOP", 30, 120, 1).tariff(),
                start);
    }
}
