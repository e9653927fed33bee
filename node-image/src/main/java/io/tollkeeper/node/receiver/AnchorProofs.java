package io.tollkeeper.node.receiver;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.v1.AnchorProof;
import java.util.Optional;

/** Proofs that records of this epoch's log are anchored. */
public interface AnchorProofs {
    /** Of the agreement's newest anchored record. */
    Optional<AnchorProof> newest(Bytes32 agreement);

    /** Of this record, if it is anchored. */
    Optional<AnchorProof> of(Bytes32 digest);
}
