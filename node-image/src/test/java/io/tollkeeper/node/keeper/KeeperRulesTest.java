package io.tollkeeper.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.node.TestNodes;
import io.tollkeeper.node.config.KeeperDelay;
import io.tollkeeper.node.keeper.KeeperRules.Due;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.RecordKind;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class KeeperRulesTest {
    private static final Address PAYEE = Address.fromHex("0x" + "aa".repeat(20));
    private static final PlanTerms STOP =
            TestNodes.plan(PAYEE, "STOP", "0s", "20s").terms();
    private static final PlanTerms TIME =
            TestNodes.plan(PAYEE, "TIME", "30s", "20s").terms();
    private static final BigInteger MUCH = BigInteger.valueOf(1_000_000);

    private static Mark mark(long seq, long asOf, long amount, RecordKind kind) {
        return new Mark(seq, asOf, BigInteger.valueOf(amount), kind);
    }

    private static Watch watch(PlanTerms terms, Mark... marks) {
        Watch watch = new Watch(terms.period());
        for (Mark mark : marks) {
            watch.add(mark, 0);
        }
        return watch;
    }

    private static Optional<Due> due(Watch watch, PlanTerms terms, long lastHeard, long charged, long now) {
        return KeeperRules.due(watch, terms, lastHeard, BigInteger.valueOf(charged), MUCH, now);
    }

    @Test
    void collectsASignedOffRecordAtOnceWhereThePlanHasStop() {
        Watch watch = watch(STOP, mark(1, 100, 0, RecordKind.START), mark(2, 105, 50, RecordKind.STOP));
        assertThat(due(watch, STOP, 105, 0, 106).orElseThrow().condition()).isEqualTo(PaymentCondition.STOP);
        assertThat(due(watch(TIME, mark(2, 105, 50, RecordKind.STOP)), TIME, 105, 0, 106))
                .isEmpty();
    }

    @Test
    void collectsTheStopOfTheSessionBeforeWhileTheNextOneRuns() {
        Watch watch = watch(STOP, mark(2, 105, 50, RecordKind.STOP), mark(3, 110, 70, RecordKind.START));
        Due due = due(watch, STOP, 110, 0, 111).orElseThrow();
        assertThat(due.mark().seq()).isEqualTo(2);
        assertThat(due(watch, STOP, 110, 50, 111)).isEmpty();
    }

    @Test
    void collectsAnActiveClientUpToTheBoundaryAndNoFurther() {
        Watch watch = watch(
                TIME,
                mark(1, 110, 10, RecordKind.START),
                mark(2, 120, 20, RecordKind.INTERIM),
                mark(3, 121, 21, RecordKind.INTERIM));
        assertThat(due(watch, TIME, 121, 0, 119)).isEmpty();
        Due due = due(watch, TIME, 121, 0, 122).orElseThrow();
        assertThat(due.condition()).isEqualTo(PaymentCondition.TIME);
        assertThat(due.mark().seq()).isEqualTo(2);
        assertThat(due.since()).isEqualTo(120);
        assertThat(due(watch, TIME, 121, 20, 122)).isEmpty();
    }

    @Test
    void collectsASilentClientByOfflineButNotOneThatWasHeardSince() {
        Watch watch = watch(STOP, mark(1, 100, 10, RecordKind.START));
        assertThat(due(watch, STOP, 100, 0, 119)).isEmpty();
        assertThat(due(watch, STOP, 100, 0, 120).orElseThrow().condition()).isEqualTo(PaymentCondition.OFFLINE);
        assertThat(due(watch, STOP, 110, 0, 120)).isEmpty();
        assertThat(due(watch, STOP, 110, 0, 130)).isPresent();
    }

    @Test
    void namesTimeBeforeOfflineAsTheContractDoes() {
        Watch watch = watch(TIME, mark(1, 115, 10, RecordKind.START));
        assertThat(due(watch, TIME, 115, 0, 200).orElseThrow().condition()).isEqualTo(PaymentCondition.TIME);
    }

    @Test
    void leavesAloneWhatTheDepositCannotPay() {
        Watch watch = watch(STOP, mark(2, 105, 50, RecordKind.STOP));
        BigInteger deposit = BigInteger.valueOf(30);
        assertThat(KeeperRules.due(watch, STOP, 105, BigInteger.ZERO, deposit, 106))
                .isPresent();
        assertThat(KeeperRules.due(watch, STOP, 105, deposit, deposit, 106)).isEmpty();
    }

    @Test
    void givesNeighbouringNodesDifferentTurns() {
        Due due = new Due(PaymentCondition.STOP, mark(2, 105, 50, RecordKind.STOP), 1_000);
        Set<Long> turns = new TreeSet<>();
        for (int index = 0; index < KeeperDelay.TURNS; index++) {
            turns.add(KeeperRules.turn(Bytes32.fromHex("0x" + "07".repeat(32)), due, index));
        }
        assertThat(turns).hasSize(KeeperDelay.TURNS).allSatisfy(turn -> assertThat(turn)
                .isBetween(1_000L, 1_000 + KeeperDelay.MAX.toSeconds()));
    }
}
