package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.util.Optional;

/** Reads records that a server shows: one that this agreement's signer has not signed does not count. */
final class ForeignRecord {
    private ForeignRecord() {}

    static Optional<SignedRecord> read(
            io.tollkeeper.protocol.v1.SignedRecord wire, Bytes32 agreement, Address signer, SigningDomain domain) {
        try {
            var usage = CanonicalRecord.decode(wire.getRecord().toByteArray());
            var signature = Signature.of(wire.getSignature().toByteArray());
            var ours = usage.agreement().equals(agreement)
                    && signature.recover(domain.digest(usage)).equals(Optional.of(signer));
            return ours ? Optional.of(new SignedRecord(usage, signature)) : Optional.empty();
        } catch (MalformedRecordException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
