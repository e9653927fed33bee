package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordRulesTest {
    private static final long NOW = 1_800_000_100;
    private static final long SKEW = 5;
    private static final Bytes32 AGREEMENT = Samples.filled(7);

    /** seq 10 of branch 2, asOf NOW - 100, amount 1000 = base 400 + 600, in window 3 from NOW - 500 on. */
    private static final UsageRecord BEFORE = record("10 2 -100 1000 INTERIM 3 -500 400 1:0=60,2:0=9");

    private static final StoredRecord HELD = new StoredRecord(Samples.DOMAIN.digest(BEFORE), BEFORE);

    /** {@code seq branch asOf-NOW amount kind window start-NOW base counters}. */
    private static UsageRecord record(String text) {
        return record(text, Bytes32.ZERO);
    }

    private static UsageRecord record(String text, Bytes32 previous) {
        String[] field = text.split(" ", -1);
        long seq = Long.parseLong(field[0]);
        List<Counter> counters = field[8].equals("-")
                ? List.of()
                : java.util.Arrays.stream(field[8].split(",", -1))
                        .map(counter -> counter.split("[:=]", -1))
                        .map(c -> new Counter(Integer.parseInt(c[0]), Integer.parseInt(c[1]), Long.parseLong(c[2])))
                        .toList();
        Bytes32 before = seq == 1 ? Bytes32.ZERO : previous.isZero() ? Samples.filled(1) : previous;
        return new UsageRecord(
                AGREEMENT,
                Long.parseLong(field[1]),
                seq,
                NOW + Long.parseLong(field[2]),
                new BigInteger(field[3]),
                RecordKind.valueOf(field[4]),
                new RecordBody(
                        1,
                        0,
                        Long.parseLong(field[5]),
                        NOW + Long.parseLong(field[6]),
                        new BigInteger(field[7]),
                        counters,
                        0,
                        Bytes32.ZERO,
                        before,
                        Samples.salt(1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "good", textBlock = """
            # seq branch asOf amount kind window start base counters | the first rule that it breaks
            11 2 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | good
            11 2 -100 1000 STOP    3 -500 400  1:0=60,2:0=9          | good
            11 2 -100 1000 STOP    3 -500 400  1:0=60,2:0=9,9:3=1    | good
            11 3 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | good
            11 2 0    1100 INTERIM 4 -50  1000 1:0=1                 | good
            11 2 0    1100 INTERIM 4 -100 1000 -                     | good
            11 2 5    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | good
            12 2 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | PREDECESSOR_MISSING
            99 1 -999 0    INTERIM 0 50   0    -                     | PREDECESSOR_MISSING
            10 2 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | FORKED
            1  2 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | FORKED
            11 1 -200 900  INTERIM 3 50   1    1:0=1                 | BRANCH_FALLS
            11 2 -101 900  INTERIM 3 50   1    1:0=1                 | AS_OF_FALLS
            11 2 -100 999  INTERIM 3 50   1    1:0=1                 | AMOUNT_FALLS
            11 2 6    1000 INTERIM 3 50   1    1:0=1                 | AS_OF_OUTSIDE_WINDOW
            11 2 6    1000 INTERIM 3 -400 1    1:0=1                 | CLOCK_AHEAD
            11 2 5    1000 INTERIM 3 -400 1    1:0=1                 | WINDOW_WRONG
            11 2 5    1000 INTERIM 2 -500 1    1:0=1                 | WINDOW_WRONG
            11 2 5    1000 INTERIM 4 -101 1000 1:0=1                 | WINDOW_WRONG
            11 2 5    1000 INTERIM 3 -500 401  1:0=1                 | BASE_CHANGED
            11 2 5    1000 INTERIM 3 -500 400  1:0=59,2:0=9          | COUNTER_FALLS
            11 2 5    1000 INTERIM 3 -500 400  1:0=60                | COUNTER_FALLS
            11 2 5    1000 INTERIM 3 -500 400  1:1=60,2:0=9          | COUNTER_FALLS
            11 2 5    1000 INTERIM 4 -50  999  1:0=1                 | BASE_WRONG
            """)
    void answersWithTheFirstRuleThatIsBroken(String offered, SubmitError error) {
        Optional<RecordFault> fault = RecordRules.check(
                Optional.of(HELD), record(offered.strip().replaceAll(" +", " "), HELD.digest()), NOW, SKEW);
        assertThat(fault.map(RecordFault::error)).isEqualTo(Optional.ofNullable(error));
    }

    @Test
    void aSuccessorOfAnotherRecordIsAFork() {
        UsageRecord other = record("11 2 0 1100 INTERIM 3 -500 400 1:0=70,2:0=9", Samples.filled(9));
        assertThat(RecordRules.check(Optional.of(HELD), other, NOW, SKEW))
                .contains(RecordFault.of(SubmitError.FORKED, HELD.digest(), Samples.filled(9)));
    }

    @Test
    void namesTheFirstMissingSequenceNumber() {
        UsageRecord late = record("14 2 0 1100 INTERIM 3 -500 400 1:0=70,2:0=9");
        assertThat(RecordRules.check(Optional.of(HELD), late, NOW, SKEW))
                .contains(new RecordFault(SubmitError.PREDECESSOR_MISSING, "seq 11", "seq 14", OptionalLong.of(11)));
        assertThat(RecordRules.check(Optional.empty(), late, NOW, SKEW))
                .get()
                .extracting(RecordFault::needFromSeq)
                .isEqualTo(OptionalLong.of(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "good", textBlock = """
            # some records after the one held                        | the first rule that it breaks
            14 2 0    1100 INTERIM 3 -500 400  1:0=70,2:0=9          | good
            14 2 0    1100 INTERIM 4 -50  1050 1:0=1                 | good
            14 2 0    1100 INTERIM 5 -100 1000 -                     | good
            14 1 -200 900  INTERIM 3 50   1    1:0=1                 | BRANCH_FALLS
            14 2 -101 900  INTERIM 3 50   1    1:0=1                 | AS_OF_FALLS
            14 2 -100 999  INTERIM 3 50   1    1:0=1                 | AMOUNT_FALLS
            14 2 6    1000 INTERIM 3 50   1    1:0=1                 | AS_OF_OUTSIDE_WINDOW
            14 2 6    1000 INTERIM 3 -400 1    1:0=1                 | CLOCK_AHEAD
            14 2 5    1000 INTERIM 3 -400 1    1:0=1                 | WINDOW_WRONG
            14 2 5    1000 INTERIM 3 -500 401  1:0=1                 | BASE_CHANGED
            14 2 5    1000 INTERIM 3 -500 400  1:0=59,2:0=9          | COUNTER_FALLS
            14 2 5    1000 INTERIM 4 -50  999  1:0=1                 | BASE_WRONG
            """)
    void nothingFallsAcrossAGap(String offered, SubmitError error) {
        assertThat(RecordRules.checkAfterGap(BEFORE, record(offered.strip().replaceAll(" +", " ")), NOW, SKEW)
                        .map(RecordFault::error))
                .isEqualTo(Optional.ofNullable(error));
    }

    @Test
    void aGapLeadsForward() {
        assertThatThrownBy(() -> RecordRules.checkAfterGap(BEFORE, BEFORE, NOW, SKEW))
                .hasMessage("expected a seq above 10, got 10");
    }

    @Test
    void nothingFollowsAClose() {
        UsageRecord close = record("10 2 -100 1000 CLOSE 3 -500 400 1:0=60");
        StoredRecord held = new StoredRecord(Samples.DOMAIN.digest(close), close);
        assertThat(RecordRules.check(
                        Optional.of(held), record("11 2 0 1100 START 3 -500 400 1:0=70", held.digest()), NOW, SKEW))
                .get()
                .extracting(RecordFault::error)
                .isEqualTo(SubmitError.AGREEMENT_CLOSED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "good", textBlock = """
            # the first record of an agreement                | the first rule that it breaks
            1 1 0 100 START 3 -500 0 1:0=5                    | good
            1 4 0 100 STOP  0 -500 0 -                        | good
            1 1 6 100 START 3 50   1 1:0=5                    | AS_OF_OUTSIDE_WINDOW
            1 1 6 100 START 3 -500 1 1:0=5                    | CLOCK_AHEAD
            1 1 5 100 START 3 -500 1 1:0=5                    | BASE_WRONG
            2 1 0 100 START 3 -500 0 1:0=5                    | PREDECESSOR_MISSING
            """)
    void theFirstRecordBeginsAtZero(String offered, SubmitError error) {
        assertThat(RecordRules.check(Optional.empty(), record(offered.strip().replaceAll(" +", " ")), NOW, SKEW)
                        .map(RecordFault::error))
                .isEqualTo(Optional.ofNullable(error));
    }

    @Test
    void aShownRecordStandsAlone() {
        assertThat(RecordRules.checkAlone(BEFORE, NOW, SKEW)).isEmpty();
        assertThat(RecordRules.checkAlone(BEFORE, NOW - 106, SKEW))
                .get()
                .hasToString("CLOCK_AHEAD (14): expected at most 1799999999, which is now + 5 s, got 1800000000");
    }

    @Test
    void recordsOfTwoAgreementsAreNotCompared() {
        UsageRecord foreign = Samples.interim();
        assertThatThrownBy(() -> RecordRules.check(Optional.of(HELD), foreign, NOW, SKEW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyErrorHasItsOwnNumberAndEveryClassItsWireForm() {
        assertThat(SubmitError.values())
                .extracting(SubmitError::number)
                .doesNotHaveDuplicates()
                .isSorted();
        for (SubmitError error : SubmitError.values()) {
            assertThat(SubmitError.ofNumber(error.number())).contains(error);
        }
        assertThat(SubmitError.ofNumber(0)).isEmpty();
        for (ErrorClass errorClass : ErrorClass.values()) {
            assertThat(errorClass.toWire().name()).isEqualTo(errorClass.name());
            assertThat(ErrorClass.fromWire(errorClass.toWire())).contains(errorClass);
        }
        assertThat(ErrorClass.fromWire(io.tollkeeper.protocol.v1.ErrorClass.ERROR_CLASS_UNSPECIFIED))
                .isEmpty();
    }
}
