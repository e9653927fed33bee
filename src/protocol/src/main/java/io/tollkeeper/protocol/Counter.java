package io.tollkeeper.protocol;

/**
 * What a meter has counted in this window so far, in the meter's unit.
 *
 * @param meterId the meter's id in the tariff, a uint16
 * @param band the tariff's time band, a uint8; 0 where the meter has none
 * @param cumulative a uint64 of which the upper half is refused: never negative
 */
public record Counter(int meterId, int band, long cumulative) implements Comparable<Counter> {
    public Counter {
        Limits.range("meter id", meterId, 0, Limits.UINT16_MAX);
        Limits.range("band", band, 0, 255);
        Limits.range("counter", cumulative, 0, Limits.UINT64_MAX);
    }

    /** The order of counters in a record: by meter, then by band. The count itself takes no part. */
    @Override
    public int compareTo(Counter other) {
        int byMeter = Integer.compare(meterId, other.meterId);
        return byMeter != 0 ? byMeter : Integer.compare(band, other.band);
    }
}
