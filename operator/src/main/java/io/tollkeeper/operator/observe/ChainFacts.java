package io.tollkeeper.operator.observe;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * What the chain says of a node, as far as the operator has heard.
 *
 * @param nodeId id of the node on the chain
 * @param heard whether the registry was ever read; false: the chain did not answer yet, and the rest means nothing
 * @param epoch newest epoch; 0: never registered
 * @param signer its key
 * @param active whether that key may anchor
 * @param registeredBlock block of its registration
 * @param registeredAt when the operator first saw this epoch and signer there
 * @param fundsWei balance of that key, as last published
 */
public record ChainFacts(
        String nodeId,
        boolean heard,
        long epoch,
        String signer,
        boolean active,
        long registeredBlock,
        Instant registeredAt,
        Optional<BigInteger> fundsWei) {

    /** Whether the chain shows exactly this epoch, with this key, active. */
    public boolean shows(long wantedEpoch, String wantedSigner) {
        return heard && active && epoch == wantedEpoch && signer.equalsIgnoreCase(wantedSigner);
    }

    /** Whether this epoch can never be registered any more. */
    public boolean passed(long wantedEpoch, Optional<String> wantedSigner) {
        if (!heard || epoch < wantedEpoch) {
            return false;
        }
        return epoch > wantedEpoch
                || wantedSigner
                        .map(wanted -> !wanted.equalsIgnoreCase(signer) || !active)
                        .orElse(true);
    }
}
