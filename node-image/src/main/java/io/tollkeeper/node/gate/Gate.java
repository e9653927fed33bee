package io.tollkeeper.node.gate;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Open while nothing closes it. Each reason is closed and opened by the one part that knows of it. */
public final class Gate {
    /** A reason and its words. */
    public record Reason(Closed closed, String detail) {}

    private final EnumMap<Closed, Reason> closed = new EnumMap<>(Closed.class);
    private volatile Map<Closed, Reason> seen = Map.of();
    private volatile Optional<Reason> first = Optional.empty();

    /** Closes for this reason; true when it was open for it. */
    public synchronized boolean close(Closed why, String detail) {
        boolean fresh = closed.put(why, new Reason(why, detail)) == null;
        publish();
        return fresh;
    }

    /** Opens what this reason closed; true when it had closed. */
    public synchronized boolean open(Closed why) {
        boolean was = closed.remove(why) != null;
        publish();
        return was;
    }

    /** The reason to tell, if any. */
    public Optional<Reason> reason() {
        return first;
    }

    public boolean isClosedFor(Closed why) {
        return seen.containsKey(why);
    }

    /** Why this node lives but cannot work. */
    public Optional<String> sick() {
        return seen.values().stream()
                .filter(reason -> reason.closed().isSick())
                .map(reason -> reason.closed().name())
                .findFirst();
    }

    private void publish() {
        seen = Map.copyOf(closed);
        first = closed.values().stream().findFirst();
    }
}
