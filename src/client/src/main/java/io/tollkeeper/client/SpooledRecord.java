package io.tollkeeper.client;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.UsageRecord;
import java.util.Optional;

/**
 * A numbered and signed record that the spool holds.
 *
 * @param digest its EIP-712 digest
 * @param readingId the reading that it was made of
 * @param refusals how often that reading had been refused before
 * @param ack the newest acknowledgement, empty while no node has stored it
 */
public record SpooledRecord(SignedRecord signed, Bytes32 digest, long readingId, int refusals, Optional<Ack> ack) {
    public UsageRecord record() {
        return signed.record();
    }

    public long seq() {
        return signed.record().seq();
    }

    SpooledRecord with(Ack newAck) {
        return new SpooledRecord(signed, digest, readingId, refusals, Optional.of(newAck));
    }
}
