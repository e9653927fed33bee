package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rules that a record must keep towards its predecessor and the clock: pure, and the same for the client before it
 * sends and for the node before it stores. They stand in the order in which a receiver checks, and the first that is
 * broken is the answer. Before them come size, agreement and signature; after them the tariff (window, meters, amount)
 * and the funds.
 */
public final class RecordRules {
    private RecordRules() {}

    /**
     * Checks a record against the newest record that is held of its agreement.
     *
     * <p>Whether the record is a duplicate is the caller's question, to be asked first: a record whose digest is held
     * already is answered as such, whatever stands after it.
     *
     * @param predecessor the newest record held; empty when none is
     * @param offered the record to check
     * @param nowSeconds the checker's clock, Unix seconds
     * @param skewSeconds how far asOf may be ahead of that clock
     */
    public static Optional<RecordFault> check(
            Optional<StoredRecord> predecessor, UsageRecord offered, long nowSeconds, long skewSeconds) {
        if (predecessor.isEmpty()) {
            return offered.seq() == 1
                    ? checkAlone(offered, nowSeconds, skewSeconds)
                    : Optional.of(needFrom(1, offered.seq()));
        }
        return checkAfter(predecessor.get(), offered, nowSeconds, skewSeconds);
    }

    /**
     * The rules that need no predecessor: for the first record, and for the newest anchored record that a client shows to
     * a node which knows nothing of the agreement. A record states its total, so it can be stored without its history.
     */
    public static Optional<RecordFault> checkAlone(UsageRecord offered, long nowSeconds, long skewSeconds) {
        return firstOf(
                () -> windowHoldsAsOf(offered),
                () -> clockNotAhead(offered, nowSeconds, skewSeconds),
                () -> offered.seq() == 1 ? baseIs(BigInteger.ZERO, offered) : Optional.empty());
    }

    /**
     * The rules for a record that comes later than the one held, with records in between that are missing here: a client
     * that moved shows its newest anchored record first. What is cumulative must still not fall; only what the missing
     * records would have proven (the link, and the base that a new window began with) is taken from the record.
     *
     * @param earlier a record of the same agreement with a lower seq
     */
    public static Optional<RecordFault> checkAfterGap(
            UsageRecord earlier, UsageRecord offered, long nowSeconds, long skewSeconds) {
        if (offered.seq() <= earlier.seq()) {
            throw new IllegalArgumentException(
                    "expected a seq above %d, got %d".formatted(earlier.seq(), offered.seq()));
        }
        sameAgreement(earlier, offered);
        return goesOn(earlier, offered, nowSeconds, skewSeconds, false);
    }

    private static Optional<RecordFault> checkAfter(StoredRecord held, UsageRecord offered, long now, long skew) {
        sameAgreement(held.record(), offered);
        return firstOf(() -> follows(held, offered), () -> goesOn(held.record(), offered, now, skew, true));
    }

    private static Optional<RecordFault> goesOn(
            UsageRecord before, UsageRecord offered, long now, long skew, boolean adjacent) {
        return firstOf(
                () -> agreementGoesOn(before),
                () -> branchDoesNotFall(before, offered),
                () -> asOfDoesNotFall(before, offered),
                () -> amountDoesNotFall(before, offered),
                () -> windowHoldsAsOf(offered),
                () -> clockNotAhead(offered, now, skew),
                () -> windowGoesOn(before, offered, adjacent));
    }

    private static void sameAgreement(UsageRecord before, UsageRecord offered) {
        if (!before.agreement().equals(offered.agreement())) {
            throw new IllegalArgumentException("expected two records of one agreement, got %s after %s"
                    .formatted(offered.agreement(), before.agreement()));
        }
    }

    private static Optional<RecordFault> follows(StoredRecord held, UsageRecord offered) {
        long next = held.record().seq() + 1;
        if (offered.seq() > next) {
            return Optional.of(needFrom(next, offered.seq()));
        }
        if (offered.seq() < next) {
            return fault(SubmitError.FORKED, "seq " + next, "another record at seq " + offered.seq());
        }
        return held.digest().equals(offered.body().previousDigest())
                ? Optional.empty()
                : fault(SubmitError.FORKED, held.digest(), offered.body().previousDigest());
    }

    private static Optional<RecordFault> agreementGoesOn(UsageRecord before) {
        return before.kind() == RecordKind.CLOSE
                ? fault(SubmitError.AGREEMENT_CLOSED, "no record after the CLOSE at seq " + before.seq(), "one more")
                : Optional.empty();
    }

    private static Optional<RecordFault> branchDoesNotFall(UsageRecord before, UsageRecord offered) {
        return offered.branch() < before.branch()
                ? fault(SubmitError.BRANCH_FALLS, "at least " + before.branch(), offered.branch())
                : Optional.empty();
    }

    private static Optional<RecordFault> asOfDoesNotFall(UsageRecord before, UsageRecord offered) {
        return offered.asOf() < before.asOf()
                ? fault(SubmitError.AS_OF_FALLS, "at least " + before.asOf(), offered.asOf())
                : Optional.empty();
    }

    private static Optional<RecordFault> amountDoesNotFall(UsageRecord before, UsageRecord offered) {
        return offered.amount().compareTo(before.amount()) < 0
                ? fault(SubmitError.AMOUNT_FALLS, "at least " + before.amount(), offered.amount())
                : Optional.empty();
    }

    /** Only the window's start: where it ends, the tariff knows. */
    private static Optional<RecordFault> windowHoldsAsOf(UsageRecord offered) {
        long start = offered.body().windowStart();
        return offered.asOf() < start
                ? fault(SubmitError.AS_OF_OUTSIDE_WINDOW, "at least the window's start " + start, offered.asOf())
                : Optional.empty();
    }

    private static Optional<RecordFault> clockNotAhead(UsageRecord offered, long now, long skew) {
        return offered.asOf() > now + skew
                ? fault(
                        SubmitError.CLOCK_AHEAD,
                        "at most %d, which is now + %d s".formatted(now + skew, skew),
                        offered.asOf())
                : Optional.empty();
    }

    private static Optional<RecordFault> windowGoesOn(UsageRecord before, UsageRecord offered, boolean adjacent) {
        RecordBody old = before.body();
        RecordBody next = offered.body();
        if (next.windowId() == old.windowId()) {
            return firstOf(
                    () -> next.windowStart() == old.windowStart()
                            ? Optional.empty()
                            : fault(SubmitError.WINDOW_WRONG, "start " + old.windowStart(), next.windowStart()),
                    () -> next.base().equals(old.base())
                            ? Optional.empty()
                            : fault(SubmitError.BASE_CHANGED, old.base(), next.base()),
                    () -> countersDoNotFall(old, next));
        }
        if (next.windowId() < old.windowId()) {
            return fault(SubmitError.WINDOW_WRONG, "window " + old.windowId() + " or later", next.windowId());
        }
        if (next.windowStart() < before.asOf()) {
            return fault(
                    SubmitError.WINDOW_WRONG,
                    "start at or after the predecessor's asOf " + before.asOf(),
                    next.windowStart());
        }
        if (adjacent) {
            return baseIs(before.amount(), offered);
        }
        return next.base().compareTo(before.amount()) < 0
                ? fault(SubmitError.BASE_WRONG, "at least " + before.amount(), next.base())
                : Optional.empty();
    }

    private static Optional<RecordFault> countersDoNotFall(RecordBody old, RecordBody next) {
        for (Counter counter : old.counters()) {
            long now = next.counter(counter.meterId(), counter.band());
            if (now < counter.cumulative()) {
                return fault(
                        SubmitError.COUNTER_FALLS,
                        "at least %d of meter %d, band %d"
                                .formatted(counter.cumulative(), counter.meterId(), counter.band()),
                        now);
            }
        }
        return Optional.empty();
    }

    private static Optional<RecordFault> baseIs(BigInteger expected, UsageRecord offered) {
        return offered.body().base().equals(expected)
                ? Optional.empty()
                : fault(SubmitError.BASE_WRONG, expected, offered.body().base());
    }

    private static RecordFault needFrom(long first, long actual) {
        return new RecordFault(
                SubmitError.PREDECESSOR_MISSING, "seq " + first, "seq " + actual, OptionalLong.of(first));
    }

    private static Optional<RecordFault> fault(SubmitError error, Object expected, Object actual) {
        return Optional.of(RecordFault.of(error, expected, actual));
    }

    @FunctionalInterface
    private interface Rule {
        Optional<RecordFault> broken();
    }

    private static Optional<RecordFault> firstOf(Rule... rules) {
        for (Rule rule : rules) {
            Optional<RecordFault> fault = rule.broken();
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
