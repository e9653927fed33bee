package io.tollkeeper.localcluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, with a deadline and a message that says what did not come. */
final class Wait {
    private static final long STEP_MILLIS = 20;

    private Wait() {}

    static void until(String what, Duration limit, BooleanSupplier condition) {
        until(what, limit, condition, () -> "");
    }

    /** Waits for {@code condition}; after {@code limit} fails with {@code what} and what {@code seen} says then. */
    static void until(String what, Duration limit, BooleanSupplier condition, Supplier<String> seen) {
        var deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "expected within " + limit.toSeconds() + " s: " + what + ". " + seen.get());
            }
            pause(STEP_MILLIS);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
