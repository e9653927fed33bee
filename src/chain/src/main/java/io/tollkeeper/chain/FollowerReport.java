package io.tollkeeper.chain;

import java.util.Optional;

/**
 * How a follower stands after a tick.
 *
 * @param finalUpTo the last block whose events were told as final
 * @param head the newest block seen
 * @param caughtUp nothing final is left to tell
 * @param trouble why the tick could not do its work, in words
 */
public record FollowerReport(
        Optional<BlockRef> finalUpTo, Optional<BlockRef> head, boolean caughtUp, Optional<String> trouble) {}
