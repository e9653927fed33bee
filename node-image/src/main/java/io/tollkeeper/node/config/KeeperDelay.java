package io.tollkeeper.node.config;

import java.time.Duration;

/** How long after a payment condition holds the slowest node hands the row in. */
public final class KeeperDelay {
    /** Turns that nodes take; node count is not known to a node, so its index decides which turn is its. */
    public static final int TURNS = 4;

    /** Chain time between two turns: long enough for the turn before to be in a block. */
    public static final Duration TURN = Duration.ofSeconds(3);

    /** The last turn, and the time in which a keeper looks again. */
    public static final Duration MAX = TURN.multipliedBy(TURNS);

    private KeeperDelay() {}
}
