package io.tollkeeper.client;

/** The two clocks of a client: what a wall clock says is a label, what the monotonic one says is a duration. */
public interface ClientClock {
    /** Milliseconds since the Unix epoch, by the machine's wall clock. May jump either way. */
    long unixMillis();

    /** Nanoseconds since some fixed moment of this process. Never goes back. */
    long nanos();

    /** Milliseconds since some fixed moment of this process. Never goes back. */
    default long millis() {
        return nanos() / 1_000_000;
    }

    /** The clocks of this machine. */
    static ClientClock system() {
        return new ClientClock() {
            @Override
            public long unixMillis() {
                return System.currentTimeMillis();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
    }
}
