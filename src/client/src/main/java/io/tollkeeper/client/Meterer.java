package io.tollkeeper.client;

import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.RecordKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Takes the readings of one session: at its start and end, at every TIME-period boundary, and often enough that the
 * service's gate sees a record each {@code reportEvery}.
 */
final class Meterer {
    /** A reading is due after this part of reportEvery, so that its record is there in time. */
    private static final double READ_AFTER = 0.75;

    private static final double READ_JITTER = 0.1;
    /** Up to this long after a boundary what is read counts as read at the boundary. */
    static final long BOUNDARY_TOLERANCE_MILLIS = 1_000;

    private final Spool spool;
    private final RecordMaker maker;
    private final Collector.Start meters;
    private final Journal journal;
    private final ClientClock clock;
    private final RandomGenerator random;
    private final Events events;
    private final long readEveryMillis;
    /** Length of the plan's TIME period in seconds; 0 without that condition. */
    private final long periodSeconds;

    private final long sessionNumber;
    /** The agreement's counters, in this client's count, when the session began. */
    private final Counters before;

    private final Map<String, Counters> lastOfCollector = new HashMap<>();
    private List<Collector> collectors = List.of();
    private long sessionStartSeconds;
    private Counters last;
    private long lastAsOfSeconds;
    private long nextReadingMillis;

    Meterer(
            Spool spool,
            RecordMaker maker,
            PlanTerms plan,
            Collector.Start meters,
            Journal journal,
            ClientClock clock,
            RandomGenerator random,
            Events events) {
        this.spool = spool;
        this.maker = maker;
        this.meters = meters;
        this.journal = journal;
        this.clock = clock;
        this.random = random;
        this.events = events;
        this.readEveryMillis = plan.reportEvery() * 1000;
        this.periodSeconds = plan.conditions().contains(PaymentCondition.TIME) ? plan.period() : 0;
        var newest = spool.state().newest();
        this.sessionNumber = newest.map(Reading::sessionNumber).orElse(lastSessionOfHead()) + 1;
        this.before = spool.state().local();
        this.last = before;
        this.sessionStartSeconds = nowSeconds();
        this.lastAsOfSeconds =
                Math.max(sessionStartSeconds, newest.map(Reading::asOfSeconds).orElse(0L));
    }

    /** After a lost spool the sessions go on behind those of the record that was found. */
    private long lastSessionOfHead() {
        return spool.state()
                .head()
                .map(head -> head.record().body().sessionNumber())
                .orElse(0L);
    }

    long sessionNumber() {
        return sessionNumber;
    }

    long sessionStartSeconds() {
        return sessionStartSeconds;
    }

    /** Signs off a session that ended without its STOP: the process was killed. */
    void endForgottenSession() throws IOException {
        var newest = spool.state().newest();
        if (newest.isPresent() && newest.get().kind() != RecordKind.STOP) {
            var old = newest.get();
            store(new Reading(
                    old.id() + 1,
                    old.sessionNumber(),
                    old.sessionStartSeconds(),
                    RecordKind.STOP,
                    old.asOfSeconds(),
                    false,
                    old.counters(),
                    0));
        }
    }

    void start() throws IOException {
        collectors = List.copyOf(meters.begin());
        sessionStartSeconds = nowSeconds();
        lastAsOfSeconds = asOfNow();
        store(reading(RecordKind.START, lastAsOfSeconds, false, before));
        scheduleNext();
    }

    void stop() throws IOException {
        catchUpWithBoundary();
        read();
        store(reading(RecordKind.STOP, asOfNow(), false, last));
    }

    /** Takes the readings that are due. */
    void step() throws IOException {
        catchUpWithBoundary();
        if (clock.millis() >= nextReadingMillis) {
            read();
            store(reading(RecordKind.INTERIM, asOfNow(), false, last));
            scheduleNext();
        }
    }

    /** Milliseconds until {@link #step} has something to do. */
    long restMillis() {
        var untilReading = nextReadingMillis - clock.millis();
        if (periodSeconds == 0) {
            return Math.max(1, untilReading);
        }
        var periodMillis = periodSeconds * 1000;
        var untilBoundary = periodMillis - Math.floorMod(clock.unixMillis(), periodMillis);
        return Math.max(1, Math.min(untilReading, untilBoundary));
    }

    /**
     * A record that measures up to a boundary exactly is what TIME collects at that boundary. Read in the boundary's own
     * second, it says what is read; later (the process slept through it) it says what was read before.
     */
    private void catchUpWithBoundary() throws IOException {
        if (periodSeconds == 0) {
            return;
        }
        var nowMillis = clock.unixMillis();
        var boundary = Math.floorDiv(nowMillis, periodSeconds * 1000) * periodSeconds;
        if (boundary <= lastAsOfSeconds) {
            return;
        }
        if (nowMillis - boundary * 1000 < BOUNDARY_TOLERANCE_MILLIS) {
            read();
        }
        store(reading(RecordKind.INTERIM, boundary, true, last));
        scheduleNext();
    }

    private void scheduleNext() {
        var jitter = 1 - READ_JITTER + 2 * READ_JITTER * random.nextDouble();
        nextReadingMillis = clock.millis() + Math.round(readEveryMillis * READ_AFTER * jitter);
    }

    private long nowSeconds() {
        return clock.unixMillis() / 1000;
    }

    private long asOfNow() {
        return Math.max(lastAsOfSeconds, nowSeconds());
    }

    /** A collector that cannot be read now stays at what it said last. */
    private void read() {
        var sum = before;
        for (var collector : collectors) {
            try {
                lastOfCollector.put(collector.name(), collector.read());
            } catch (IOException failure) {
                events.event("collector", collector.name() + ": " + failure.getMessage());
            }
            sum = sum.plus(lastOfCollector.getOrDefault(collector.name(), Counters.NONE));
        }
        last = last.max(sum);
    }

    private Reading reading(RecordKind kind, long asOfSeconds, boolean boundary, Counters counters) {
        var id = spool.state().newest().map(Reading::id).orElse(0L) + 1;
        return new Reading(id, sessionNumber, sessionStartSeconds, kind, asOfSeconds, boundary, counters, 0);
    }

    private void store(Reading reading) throws IOException {
        // Before the sender can see the reading, the journal has it: whatever was ever sent can be rated again.
        synchronized (spool) {
            spool.take(reading);
            var state = spool.state();
            journal.reading(
                    reading, reading.counters().plus(state.offset()), maker.amountAt(state, reading.counters()));
        }
        lastAsOfSeconds = Math.max(lastAsOfSeconds, reading.asOfSeconds());
    }
}
