package io.tollkeeper.client;

import io.tollkeeper.protocol.UsageRecord;
import java.math.BigInteger;

/**
 * How a client goes on when it learns of a record of its own key that it did not know: from the branch with the larger
 * amount, with what the other one measured since the fork added, in a branch above both. Pure.
 *
 * @param adopts whether it goes on from the other record
 * @param offset what is then added to this client's own count
 */
record BranchJoin(boolean adopts, Counters offset, long branch) {
    static BranchJoin of(SpoolState state, UsageRecord foreign) {
        var theirs = Counters.fromProtocol(foreign.body().counters());
        // Both branches have what stood at the fork; a lower counter of theirs can only be from before it.
        var fork = state.branchBase().min(theirs);
        var offset = state.offset().plus(theirs.riseSince(fork));
        var ourAmount = state.head().map(head -> head.record().amount()).orElse(BigInteger.ZERO);
        var adopts = foreign.amount().compareTo(ourAmount) >= 0;
        var branch = Math.max(state.branch(), foreign.branch()) + 1;
        return new BranchJoin(adopts, offset, branch);
    }
}
