package io.tollkeeper.client;

import io.tollkeeper.protocol.Counter;
import io.tollkeeper.rating.CounterKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/** Cumulative counters by meter and band, in ascending order; what is not in the map counts as 0. Never negative. */
public record Counters(SortedMap<Key, Long> values) {
    /** No use at all. */
    public static final Counters NONE = new Counters(new TreeMap<>());

    /** A meter of the tariff and one of its bands; band 0 where the meter has none. */
    public record Key(int meterId, int band) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            var byMeter = Integer.compare(meterId, other.meterId);
            return byMeter != 0 ? byMeter : Integer.compare(band, other.band);
        }
    }

    public Counters {
        for (var entry : values.entrySet()) {
            if (entry.getValue() < 0) {
                throw new IllegalArgumentException(
                        "a counter is not negative, " + entry.getKey() + " is " + entry.getValue());
            }
        }
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public static Counters of(int meterId, long cumulative) {
        var values = new TreeMap<Key, Long>();
        values.put(new Key(meterId, 0), cumulative);
        return new Counters(values);
    }

    public static Counters fromProtocol(List<Counter> counters) {
        var values = new TreeMap<Key, Long>();
        for (var counter : counters) {
            values.put(new Key(counter.meterId(), counter.band()), counter.cumulative());
        }
        return new Counters(values);
    }

    public List<Counter> toProtocol() {
        var counters = new ArrayList<Counter>();
        values.forEach((key, value) -> counters.add(new Counter(key.meterId(), key.band(), value)));
        return List.copyOf(counters);
    }

    public Map<CounterKey, Long> toRating() {
        var counters = new HashMap<CounterKey, Long>();
        values.forEach((key, value) -> counters.put(new CounterKey(key.meterId(), key.band()), value));
        return Map.copyOf(counters);
    }

    public long get(Key key) {
        return values.getOrDefault(key, 0L);
    }

    public Counters plus(Counters other) {
        return combine(other, Math::addExact);
    }

    /** What these counters rose by since {@code earlier}; a counter that is lower now rose by nothing. */
    public Counters riseSince(Counters earlier) {
        return combine(earlier, (now, then) -> Math.max(0, now - then));
    }

    /** The larger value of each counter. */
    public Counters max(Counters other) {
        return combine(other, Math::max);
    }

    /** The smaller value of each counter. */
    public Counters min(Counters other) {
        return combine(other, Math::min);
    }

    private Counters combine(Counters other, LongBinaryOperator operator) {
        var result = new TreeMap<Key, Long>();
        for (var key : values.keySet()) {
            result.put(key, operator.applyAsLong(get(key), other.get(key)));
        }
        for (var key : other.values.keySet()) {
            result.put(key, operator.applyAsLong(get(key), other.get(key)));
        }
        return new Counters(result);
    }
}
