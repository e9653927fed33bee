package io.tollkeeper.chain;

import java.util.List;

/**
 * What a {@link Follower} tells, on the thread that calls {@link Follower#tick}.
 *
 * <p>Each event is told once as final, in the chain's order, and before that as seen if its block was not final at
 * first sight. After a crash the last final run may be told again. A listener that throws ends the tick; the same run is
 * told again by the next.
 */
public interface FollowerListener {
    /** Events of blocks that are not final yet, up to this head. */
    default void seen(List<ChainEvent> events, BlockRef head) {}

    /** Blocks above {@code to} left the chain: what was seen in them is void. */
    default void rewound(BlockRef to) {}

    /**
     * All events up to this block, the block included, are final; {@code upTo.time()} is the chain's time of it. Called
     * for every advance, with or without events. Afterwards the cursor is saved.
     */
    void finalized(List<ChainEvent> events, BlockRef upTo);

    /**
     * The chain replaced blocks that its policy calls final: everything above {@code to} that was told as final is void
     * and is told anew. Something is very wrong with the chain, or {@code finalityDepth} is too low for it.
     */
    void finalityBroken(BlockRef to);
}
