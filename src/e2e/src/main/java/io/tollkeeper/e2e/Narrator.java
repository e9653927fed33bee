package io.tollkeeper.e2e;

import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells what happens as it happens, each line with the seconds since the start. */
public final class Narrator {
    private final PrintStream out;
    private final long startNanos = System.nanoTime();

    public Narrator(PrintStream out) {
        this.out = out;
    }

    /** Opens a part of the story. */
    public synchronized void chapter(String title) {
        out.println();
        out.println("== " + title);
        out.flush();
    }

    /** One thing that has just happened. */
    public synchronized void say(String format, @Nullable Object... arguments) {
        out.printf("%6.1f s  %s%n", sinceStart().toMillis() / 1000.0, String.format(format, arguments));
        out.flush();
    }

    public Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
