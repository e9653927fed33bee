package io.tollkeeper.node.keeper;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the keeper remembers of an agreement: the newest anchored record, the newest with which the client signed off, and
 * the newest of each TIME period that is not over or has just ended. Records may be added in any order and twice, and
 * from another thread than the one that asks.
 */
final class Watch {
    /** A period that began more than this many periods ago is covered by a later one. */
    private static final int PERIODS_KEPT = 4;

    private final long period;
    private Optional<Mark> newest = Optional.empty();
    private Optional<Mark> signedOff = Optional.empty();
    private final TreeMap<Long, Mark> byPeriod = new TreeMap<>();
    private long noticedAt;
    private BigInteger handedIn = BigInteger.ZERO;
    private long handedInAt;

    /**
     * @param period of the plan's TIME condition, in seconds; 0 without
     */
    Watch(long period) {
        this.period = period;
    }

    /**
     * @param now the chain's time
     */
    synchronized void add(Mark mark, long now) {
        if (newest.isEmpty() || newest.get().seq() < mark.seq()) {
            newest = Optional.of(mark);
            noticedAt = now;
        }
        if (mark.signsOff() && (signedOff.isEmpty() || signedOff.get().seq() < mark.seq())) {
            signedOff = Optional.of(mark);
        }
        if (period > 0) {
            byPeriod.merge(boundaryOf(mark.asOf()), mark, (a, b) -> a.seq() < b.seq() ? b : a);
            while (byPeriod.size() > PERIODS_KEPT) {
                byPeriod.pollFirstEntry();
            }
        }
    }

    /** The first boundary at which a record measured up to {@code asOf} may be collected: asOf itself if it is one. */
    private long boundaryOf(long asOf) {
        return Math.ceilDiv(asOf, period) * period;
    }

    synchronized Optional<Mark> newest() {
        return newest;
    }

    synchronized Optional<Mark> signedOff() {
        return signedOff;
    }

    /** The newest record up to the last boundary at or before {@code now}, with that record's own boundary. */
    synchronized Optional<Map.Entry<Long, Mark>> beforeBoundary(long now) {
        return Optional.ofNullable(byPeriod.floorEntry(now));
    }

    /** The chain's time when the newest record was noticed. */
    synchronized long noticedAt() {
        return noticedAt;
    }

    /** A row with this amount has been handed in and may still be on its way. */
    synchronized boolean isHandedIn(BigInteger amount, long now, long patience) {
        return handedIn.compareTo(amount) >= 0 && now < handedInAt + patience;
    }

    synchronized void handIn(BigInteger amount, long now) {
        handedIn = amount;
        handedInAt = now;
    }
}
