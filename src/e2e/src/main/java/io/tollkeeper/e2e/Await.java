package io.tollkeeper.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition with a deadline. There is no other waiting in the demo and in the acceptance tests. */
public final class Await {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private Await() {}

    /**
     * The first present answer of {@code probe}.
     *
     * @param what what is waited for, as the failure message tells it
     * @throws AssertionError when none came within {@code deadline}; its cause is the last exception of the probe
     */
    public static <T> T until(String what, Duration deadline, Callable<Optional<T>> probe) {
        var end = System.nanoTime() + deadline.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                var answer = probe.call();
                if (answer.isPresent()) {
                    return answer.get();
                }
                last = null;
            } catch (Exception e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new IllegalStateException("interrupted while waiting for " + what, e);
                }
                last = e;
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        throw new AssertionError("waited " + deadline.toSeconds() + " s in vain for: " + what, last);
    }

    /** As {@link #until}, for a condition that is true or not. */
    public static void untilTrue(String what, Duration deadline, Callable<Boolean> probe) {
        until(what, deadline, () -> probe.call() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Watches that a condition holds all the time.
     *
     * @throws AssertionError as soon as it does not
     */
    public static void holds(String what, Duration time, Callable<Boolean> probe) {
        var end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            try {
                if (!probe.call()) {
                    throw new AssertionError("no longer true: " + what);
                }
            } catch (Exception e) {
                throw new AssertionError("cannot tell any longer: " + what, e);
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }
}
