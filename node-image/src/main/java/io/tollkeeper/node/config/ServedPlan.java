package io.tollkeeper.node.config;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Counter;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.rating.CounterKey;
import io.tollkeeper.rating.Tariff;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan that this node serves: its terms, which the id stands for, and the tariff whose hash is among them. */
public record ServedPlan(Bytes32 planId, PlanTerms terms, Tariff tariff) {
    /** A record's counters as rating takes them. */
    public static Map<CounterKey, Long> counters(RecordBody body) {
        Map<CounterKey, Long> counters = new LinkedHashMap<>();
        for (Counter counter : body.counters()) {
            counters.put(new CounterKey(counter.meterId(), counter.band()), counter.cumulative());
        }
        return counters;
    }
}
