package io.tollkeeper.client;

/** Seeds of random tests: printed, and replayed with {@code -Dseed=…}. */
final class Seeds {
    private Seeds() {}

    static long next(String test) {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test + ": replay with -Dseed=" + seed);
        return seed;
    }
}
