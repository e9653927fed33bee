package io.tollkeeper.node.rules;

import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.RecordFault;
import io.tollkeeper.protocol.RecordRules;
import io.tollkeeper.protocol.StoredRecord;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.UsageRecord;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The checks that need what the node holds, in the order of the table of errors. What needs only the record itself came
 * before ({@link Admission}).
 *
 * <p>A record stands between its neighbours. The one below it must be its predecessor, unless the record begins a report
 * of several: with that the client says that this is the newest of his records that he knows to be anchored, and the node
 * takes it as a start. Why that is safe: docs/decisions/0002-first-record-at-a-node.md.
 */
public final class RecordJudge {
    /** How far a client's clock may be ahead of the node's, in seconds. */
    public static final long SKEW_SECONDS_MAX = 30;

    private static final long RETRY_FUNDS_MILLIS = 5_000;

    private final Claim claim;
    private final UsageRecord record;
    private final Neighbours near;
    private final ServedPlan plan;
    private final BigInteger limit;
    private final long now;

    private RecordJudge(Claim claim, Neighbours near, AgreementFacts facts, ServedPlan plan, long now) {
        this.claim = claim;
        this.record = claim.record();
        this.near = near;
        this.plan = plan;
        this.limit = facts.limit(plan.terms().credit());
        this.now = now;
    }

    /**
     * @param epoch the epoch whose log is being written
     * @param now the node's clock, in Unix seconds
     */
    public static Decision decide(
            Claim claim, Neighbours near, AgreementFacts facts, ServedPlan plan, long epoch, long now) {
        Optional<Long> leaf =
                near.same().filter(held -> held.digest().equals(claim.digest())).flatMap(held -> held.leafIn(epoch));
        return leaf.isPresent()
                ? new Decision.Duplicate(leaf.get())
                : new RecordJudge(claim, near, facts, plan, now).decide();
    }

    private Decision decide() {
        return sameNumber()
                .or(this::below)
                .or(this::above)
                .or(claim::againstTariff)
                .or(this::funds)
                .<Decision>map(refusal -> refusal)
                .orElseGet(() -> new Decision.Accept(limitReachedAt()));
    }

    private Optional<Decision.Refuse> sameNumber() {
        return near.same()
                .filter(held -> !held.digest().equals(claim.digest()))
                .flatMap(held -> forked(held.digest(), claim.digest()));
    }

    private Optional<Decision.Refuse> below() {
        Optional<HeldRecord> predecessor = near.below().filter(held -> held.seq() == record.seq() - 1);
        if (predecessor.isPresent()) {
            return RecordRules.check(predecessor.map(RecordJudge::stored), record, now, SKEW_SECONDS_MAX)
                    .map(this::refusal);
        }
        if (record.seq() > 1 && !claim.opensReport()) {
            return Optional.of(Decision.needFrom(
                    SubmitError.PREDECESSOR_MISSING,
                    near.below().map(held -> held.seq() + 1).orElse(1L),
                    record.seq()));
        }
        Optional<RecordFault> fault = near.below().isPresent()
                ? RecordRules.checkAfterGap(near.below().get().record(), record, now, SKEW_SECONDS_MAX)
                : RecordRules.checkAlone(record, now, SKEW_SECONDS_MAX);
        return fault.map(this::refusal);
    }

    /** A record that comes after later ones must be what those were built on. */
    private Optional<Decision.Refuse> above() {
        if (near.above().isEmpty()) {
            return Optional.empty();
        }
        UsageRecord later = near.above().get().record();
        if (later.seq() == record.seq() + 1 && !later.body().previousDigest().equals(claim.digest())) {
            return forked(later.body().previousDigest(), claim.digest());
        }
        if (record.asOf() > later.asOf()) {
            return forked("asOf up to " + later.asOf(), record.asOf());
        }
        return record.amount().compareTo(later.amount()) > 0
                ? forked("an amount up to " + later.amount(), record.amount())
                : Optional.empty();
    }

    /** Refused only if the one before had reached the limit, and the time of one report has passed since. */
    private Optional<Decision.Refuse> funds() {
        long reportEvery = plan.terms().reportEvery();
        return reachedBelow()
                .filter(reachedAt -> record.asOf() > reachedAt + reportEvery)
                .map(reachedAt -> Decision.retry(
                        SubmitError.FUNDS_EXHAUSTED,
                        "an amount below " + limit + " before, or asOf up to " + (reachedAt + reportEvery),
                        "asOf " + record.asOf(),
                        RETRY_FUNDS_MILLIS));
    }

    private long limitReachedAt() {
        return record.amount().compareTo(limit) < 0 ? 0 : reachedBelow().orElse(record.asOf());
    }

    /** Since when, by the client's clock, the amount below has been at the limit. */
    private Optional<Long> reachedBelow() {
        return near.below()
                .filter(held -> held.record().amount().compareTo(limit) >= 0)
                .map(held -> held.limitReachedAt() > 0
                        ? held.limitReachedAt()
                        : held.record().asOf());
    }

    private static StoredRecord stored(HeldRecord held) {
        return new StoredRecord(held.digest(), held.record());
    }

    private Decision.Refuse refusal(RecordFault fault) {
        return switch (fault.error()) {
            case FORKED -> Decision.forked(fault.error(), fault.expected(), fault.actual(), near.newest());
            case CLOCK_AHEAD ->
                Decision.retry(
                        fault.error(),
                        fault.expected(),
                        fault.actual(),
                        1_000 * (record.asOf() - now - SKEW_SECONDS_MAX));
            default -> Decision.refuse(fault.error(), fault.expected(), fault.actual());
        };
    }

    private Optional<Decision.Refuse> forked(Object expected, Object actual) {
        return Optional.of(Decision.forked(SubmitError.FORKED, expected, actual, near.newest()));
    }
}
