package io.tollkeeper.protocol;

import java.util.Random;

/** Randomness that can be had again: the seed is printed, and {@code -Dseed=…} sets it. */
public final class Seeds {
    private Seeds() {}

    public static Random random() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("replay with -Dseed=" + seed);
        return new Random(seed);
    }
}
