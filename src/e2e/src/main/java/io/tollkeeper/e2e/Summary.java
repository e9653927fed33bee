package io.tollkeeper.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the demo measured; its JSON is {@code build/demo/summary.json}.
 *
 * @param recordsAccepted distinct digests that a node acknowledged
 * @param recordsAnchored those of them that are proven under a root on the chain
 * @param recordsLost the difference of the two
 * @param chargesDoubled agreements that were charged above what was expected
 * @param amountExpected base units, from re-rating the readings in the customers' journals
 * @param amountCollected base units, what the contract charged
 * @param settledBy from customer to the condition that collected: STOP, OFFLINE or TIME
 * @param failover the move of the node whose zone was cut
 * @param clientGapMs largest time between two acknowledged records of the customer whose node was cut off
 * @param zombieWritesRefused writes of the old epoch's key that the contract refused
 * @param durationMs the whole demo
 */
public record Summary(
        int recordsAccepted,
        int recordsAnchored,
        int recordsLost,
        int chargesDoubled,
        String amountExpected,
        String amountCollected,
        Map<String, String> settledBy,
        Failover failover,
        long clientGapMs,
        int zombieWritesRefused,
        long durationMs) {
    /**
     * One move of a node between zones; times in milliseconds.
     *
     * @param detectMs from the cut to the written intent
     * @param placeMs from there until the scheduler bound the successor
     * @param startMs from there until it was Ready
     * @param registerMs from binding to the block that fenced the old epoch
     * @param totalMs from the cut until the successor was Ready and registered
     */
    public record Failover(
            String node,
            String fromZone,
            String toZone,
            long epochBefore,
            long epochAfter,
            long detectMs,
            long placeMs,
            long startMs,
            long registerMs,
            long totalMs) {}

    public Summary {
        settledBy = Map.copyOf(settledBy);
    }

    /** What is wrong with the outcome; empty when every promise was kept. */
    public List<String> brokenPromises() {
        return java.util.stream.Stream.of(
                        recordsAccepted > 0 ? "" : "no record was accepted",
                        recordsLost == 0 ? "" : recordsLost + " acknowledged records are not anchored",
                        chargesDoubled == 0 ? "" : chargesDoubled + " agreements were charged too much",
                        amountExpected.equals(amountCollected)
                                ? ""
                                : "expected to collect " + amountExpected + ", collected " + amountCollected,
                        zombieWritesRefused > 0 ? "" : "no write of the old epoch's key was refused",
                        failover.fromZone().equals(failover.toZone()) ? "the node did not leave its zone" : "")
                .filter(fault -> !fault.isEmpty())
                .toList();
    }

    void writeTo(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }
}
