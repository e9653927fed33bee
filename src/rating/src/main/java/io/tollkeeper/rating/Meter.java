package io.tollkeeper.rating;

/**
 * A named quantity.
 *
 * @param id what records call it, from 1 to 65535
 * @param name what people and tariff lines call it
 * @param unit of one count, for example {@code s} or {@code B}
 */
public record Meter(int id, String name, String unit) {}
