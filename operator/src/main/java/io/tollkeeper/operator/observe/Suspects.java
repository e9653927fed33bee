package io.tollkeeper.operator.observe;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices when a Lease grows old without anything happening: no event comes for a renewal that does not come. Each Lease
 * raises one alarm when it is suspicious and one when it is stale.
 */
public final class Suspects {
    private final Map<String, Marks> marks = new ConcurrentHashMap<>();

    private record Marks(Duration suspicious, Duration stale, int raised) {}

    /** From now on this Lease is followed. */
    public void watch(String lease, Duration suspicious, Duration stale) {
        marks.compute(
                lease,
                (_, before) -> before != null
                                && before.suspicious().equals(suspicious)
                                && before.stale().equals(stale)
                        ? before
                        : new Marks(suspicious, stale, 0));
    }

    public void forget(String lease) {
        marks.remove(lease);
    }

    /** Whether this age crosses a mark for the first time since the Lease was young. */
    public boolean crosses(String lease, Duration age) {
        Marks before = marks.get(lease);
        if (before == null) {
            return false;
        }
        int level = age.compareTo(before.stale()) >= 0 ? 2 : age.compareTo(before.suspicious()) >= 0 ? 1 : 0;
        if (level != before.raised()) {
            marks.put(lease, new Marks(before.suspicious(), before.stale(), level));
        }
        return level != before.raised();
    }
}
