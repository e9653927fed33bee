package io.tollkeeper.operator.observe;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The clock on which Leases age. It runs only while the operator's own API calls succeed: it stands at the last
 * success, and after a gap every age begins anew. A hung API server looks like a healthy watch for a long time, and the
 * first read after it still shows old Leases; on this clock neither makes a Lease stale.
 */
public final class DetectionClock {
    /** Successes come twice a second; a gap longer than this is an outage. */
    static final Duration GAP = Duration.ofMillis(2500);

    private final LongSupplier nanos;
    private boolean everSucceeded;
    private long lastSuccess;
    private long restarted;

    public DetectionClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** An API call that went to the storage and back has succeeded just now. */
    public synchronized void succeeded() {
        long now = nanos.getAsLong();
        if (!everSucceeded || now - lastSuccess > GAP.toNanos()) {
            restarted = now;
        }
        everSucceeded = true;
        lastSuccess = now;
    }

    public synchronized Reading read() {
        long now = nanos.getAsLong();
        boolean runs = everSucceeded && now - lastSuccess <= GAP.toNanos();
        return new Reading(runs, now, lastSuccess, restarted);
    }

    /**
     * @param runs whether silence means anything now
     * @param now on the process's own monotonic clock, in nanoseconds
     * @param asOf up to when the operator knows that it could see, on the same clock
     * @param restarted when seeing began
     */
    public record Reading(boolean runs, long now, long asOf, long restarted) {
        /** Age of something that was seen to change at {@code changed}. */
        public Duration age(long changed) {
            return Duration.ofNanos(Math.max(0, asOf - Math.max(changed, restarted)));
        }
    }
}
