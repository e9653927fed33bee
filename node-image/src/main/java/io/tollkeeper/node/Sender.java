package io.tollkeeper.node;

import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxReport;
import io.tollkeeper.node.anchor.Anchorer;
import io.tollkeeper.node.keeper.Keeper;
import io.tollkeeper.node.view.Registration;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The one thread that writes to the chain: anchors, then settlements, then the outbox, then a look at whether this epoch
 * may still write. In this order, so that a node that slept through its own fence hears of it from the contract.
 */
final class Sender implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Sender.class);

    private static final Duration BETWEEN = Duration.ofMillis(500);

    /** Looks at the registration: often until it is there, then now and then, and at once when the chain says so. */
    private static final int ROUNDS_UNREGISTERED = 2;

    private static final int ROUNDS_REGISTERED = 10;

    private final Anchorer anchorer;
    private final Keeper keeper;
    private final Outbox outbox;
    private final Registration registration;
    private final Thread thread;
    private volatile OutboxReport report = new OutboxReport(0, 0, java.util.Optional.empty());
    private volatile boolean lookNow = true;
    private volatile boolean draining;
    private volatile boolean drained;
    private volatile boolean closed;
    private String trouble = "";

    Sender(Anchorer anchorer, Keeper keeper, Outbox outbox, Registration registration) {
        this.anchorer = anchorer;
        this.keeper = keeper;
        this.outbox = outbox;
        this.registration = registration;
        this.thread = Thread.ofPlatform().name("sender").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The follower saw a registration or a fence. */
    void registrationChanged() {
        lookNow = true;
    }

    OutboxReport report() {
        return report;
    }

    private void run() {
        for (int round = 0; !closed; round++) {
            try {
                round(round);
            } catch (RuntimeException e) {
                LOG.error("a round of the sender failed", e);
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private void round(int round) {
        if (round == 0) {
            registration.refresh();
        }
        if (draining) {
            drained = anchorer.finish();
        } else {
            anchorer.step();
            keeper.step();
        }
        report = outbox.tick();
        String now = report.trouble().orElse("");
        if (!now.equals(trouble)) {
            LOG.infof(now.isEmpty() ? "the outbox goes on" : "the outbox waits: %s", now);
            trouble = now;
        }
        int every = registration.isActive() ? ROUNDS_REGISTERED : ROUNDS_UNREGISTERED;
        if (lookNow || round % every == 0) {
            lookNow = !registration.refresh();
        }
    }

    /** Brings the last anchor to the chain and settles no more; true when it is mined in time. */
    boolean drain(Duration patience) throws InterruptedException {
        draining = true;
        LockSupport.unpark(thread);
        long deadline = System.nanoTime() + patience.toNanos();
        while (!drained && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        return drained;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
