package io.tollkeeper.rating;

/**
 * A billing window of a tariff.
 *
 * @param id its number; a later window has a larger one
 * @param start Unix second at which it begins
 */
public record Window(long id, long start) {}
