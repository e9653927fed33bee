package io.tollkeeper.node.rules;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.UsageRecord;
import java.util.Optional;

/**
 * A record of a known agreement with its signer's signature.
 *
 * @param againstTariff why the record contradicts its tariff, told only if nothing that is checked before is wrong
 * @param opensReport whether its report begins with it and goes on behind it: how a client shows a node where to start
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy for each record would be waste.
public record Claim(
        SignedRecord signed,
        Bytes32 digest,
        byte[] canonical,
        Optional<Decision.Refuse> againstTariff,
        boolean opensReport) {
    public UsageRecord record() {
        return signed.record();
    }
}
