package io.tollkeeper.client;

import java.time.Duration;
import java.time.Instant;

/** A clock that stands until it is moved. */
final class ManualClock implements ClientClock {
    private long unixMillis;
    private long nanos;

    static ManualClock at(String instant) {
        var clock = new ManualClock();
        clock.unixMillis = Instant.parse(instant).toEpochMilli();
        return clock;
    }

    @Override
    public synchronized long unixMillis() {
        return unixMillis;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    synchronized void advance(Duration time) {
        unixMillis += time.toMillis();
        nanos += time.toNanos();
    }

    /** The wall clock is set; no time passes. */
    synchronized void jumpWall(Duration by) {
        unixMillis += by.toMillis();
    }
}
