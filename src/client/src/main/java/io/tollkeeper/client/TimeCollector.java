package io.tollkeeper.client;

/** Seconds of use on the monotonic clock, whole ones only: a step of the wall clock charges nobody. */
public final class TimeCollector implements Collector {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int meterId;
    private final ClientClock clock;
    private final long startNanos;

    public TimeCollector(int meterId, ClientClock clock) {
        this.meterId = meterId;
        this.clock = clock;
        this.startNanos = clock.nanos();
    }

    @Override
    public String name() {
        return "time";
    }

    @Override
    public Counters read() {
        return Counters.of(meterId, (clock.nanos() - startNanos) / NANOS_PER_SECOND);
    }
}
