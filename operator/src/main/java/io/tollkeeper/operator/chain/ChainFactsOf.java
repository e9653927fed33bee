package io.tollkeeper.operator.chain;

import io.tollkeeper.operator.chain.NodeRegistry.Entry;
import io.tollkeeper.operator.observe.ChainFacts;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/** Makes facts of what a registry says. */
final class ChainFactsOf {
    private static final String NOBODY = "0x0000000000000000000000000000000000000000";

    private ChainFactsOf() {}

    /** The chain has not answered. */
    static ChainFacts nothing() {
        return new ChainFacts("", false, 0, NOBODY, false, 0, Instant.EPOCH, Optional.empty());
    }

    /** What the registry says; an entry that was there before keeps the time at which it was first seen. */
    static ChainFacts entry(String nodeId, Optional<Entry> entry, Optional<ChainFacts> before, Instant now) {
        if (entry.isEmpty()) {
            return new ChainFacts(nodeId, true, 0, NOBODY, false, 0, Instant.EPOCH, Optional.empty());
        }
        Entry one = entry.get();
        Optional<ChainFacts> same =
                before.filter(old -> old.epoch() == one.epoch() && old.signer().equalsIgnoreCase(one.signer()));
        return new ChainFacts(
                nodeId,
                true,
                one.epoch(),
                one.signer(),
                one.active(),
                one.registeredBlock(),
                same.map(ChainFacts::registeredAt).orElse(now),
                same.flatMap(ChainFacts::fundsWei));
    }

    /**
     * A balance falls with every anchor; it is published only when it has changed by a tenth, so that a status does not
     * change with every block.
     */
    static ChainFacts funds(ChainFacts facts, BigInteger funds) {
        boolean close = facts.fundsWei()
                .map(old -> old.subtract(funds).abs().multiply(BigInteger.TEN).compareTo(old.max(BigInteger.ONE)) < 0)
                .orElse(false);
        return close
                ? facts
                : new ChainFacts(
                        facts.nodeId(),
                        facts.heard(),
                        facts.epoch(),
                        facts.signer(),
                        facts.active(),
                        facts.registeredBlock(),
                        facts.registeredAt(),
                        Optional.of(funds));
    }
}
