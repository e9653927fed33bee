package io.tollkeeper.rating;

/**
 * Names one counter of a window, whether or not a tariff has it: records may name what no tariff does.
 *
 * @param meterId id of the meter in the tariff, from 0 to 65535; no tariff has a meter 0
 * @param band time band of the meter, from 0 to 255; 0 where the meter has none
 */
public record CounterKey(int meterId, int band) {
    public CounterKey {
        if (meterId < 0 || meterId > 65_535 || band < 0 || band > 255) {
            throw new IllegalArgumentException(
                    "expected a meter id from 0 to 65535 and a band from 0 to 255, got meter %d, band %d"
                            .formatted(meterId, band));
        }
    }
}
