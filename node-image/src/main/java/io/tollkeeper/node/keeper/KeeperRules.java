package io.tollkeeper.node.keeper;

import io.tollkeeper.node.config.KeeperDelay;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PlanTerms;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** When an agreement is due, for what, and whose turn it is. Pure; time is the chain's. */
final class KeeperRules {
    private KeeperRules() {}

    /**
     * A record that may be collected.
     *
     * @param since from when on, in chain time
     */
    record Due(PaymentCondition condition, Mark mark, long since) {}

    /**
     * The record with the largest amount for which a condition holds, if it is above what was charged.
     *
     * @param lastHeard asOf of the newest record that this node holds, anchored or not: a client that was heard later
     *     than its newest anchored record is not silent
     * @param collectable the most that the contract would charge for the agreement in all: its deposit
     */
    static Optional<Due> due(
            Watch watch, PlanTerms terms, long lastHeard, BigInteger charged, BigInteger collectable, long now) {
        return Stream.of(stop(watch, terms), time(watch, terms, now), offline(watch, terms, lastHeard, now))
                .flatMap(Optional::stream)
                .filter(due -> due.mark().amount().min(collectable).compareTo(charged) > 0)
                // The first of those with the largest amount: STOP before TIME before OFFLINE, as the contract names
                // it.
                .min(Comparator.comparing((Due due) -> due.mark().amount().negate()));
    }

    private static Optional<Due> stop(Watch watch, PlanTerms terms) {
        return terms.conditions().contains(PaymentCondition.STOP)
                ? watch.signedOff().map(mark -> new Due(PaymentCondition.STOP, mark, watch.noticedAt()))
                : Optional.empty();
    }

    private static Optional<Due> time(Watch watch, PlanTerms terms, long now) {
        return terms.conditions().contains(PaymentCondition.TIME)
                ? watch.beforeBoundary(now)
                        .map(at ->
                                new Due(PaymentCondition.TIME, at.getValue(), Math.max(at.getKey(), watch.noticedAt())))
                : Optional.empty();
    }

    private static Optional<Due> offline(Watch watch, PlanTerms terms, long lastHeard, long now) {
        return watch.newest().flatMap(mark -> {
            long silentFrom = Math.max(mark.asOf(), lastHeard) + terms.offlineAfter();
            return now < silentFrom
                    ? Optional.empty()
                    : Optional.of(new Due(PaymentCondition.OFFLINE, mark, Math.max(silentFrom, watch.noticedAt())));
        });
    }

    /**
     * When this node hands the row in: its turn after {@code since}. Who goes first changes with agreement and record, so
     * that the work is shared; the others find it charged when their turn comes.
     */
    static long turn(Bytes32 agreement, Due due, int nodeIndex) {
        int first = agreement.hashCode() * 31 + Long.hashCode(due.mark().seq());
        int turn = Math.floorMod(first - nodeIndex, KeeperDelay.TURNS);
        return due.since() + turn * KeeperDelay.TURN.toSeconds();
    }
}
