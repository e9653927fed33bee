package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Receipt;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SigningDomain;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks receipts. One key signs for an epoch: a second one is refused at once, and which key the chain shows for it is
 * checked as soon as the chain shows one (a successor accepts records before its registration is in a block).
 */
final class Receipts {
    /** A node's epoch. */
    record Epoch(Bytes32 nodeId, long epoch) {}

    private final SigningDomain domain;
    private final Map<Epoch, Address> signers = new HashMap<>();
    private final Set<Epoch> confirmed = new HashSet<>();

    Receipts(SigningDomain domain) {
        this.domain = domain;
    }

    /** Whose receipt it is; for one without fault. */
    static Epoch epochOf(io.tollkeeper.protocol.v1.Receipt wire) {
        return new Epoch(Bytes32.of(wire.getNodeId().toByteArray()), wire.getEpoch());
    }

    /** What is wrong with a receipt over {@code entries}; empty when nothing is. */
    synchronized Optional<String> fault(io.tollkeeper.protocol.v1.Receipt wire, List<Receipt.Entry> entries) {
        Receipt receipt;
        Optional<Address> signer;
        try {
            receipt = new Receipt(
                    Bytes32.of(wire.getNodeId().toByteArray()),
                    wire.getEpoch(),
                    Receipt.recordsHash(entries),
                    wire.getAnchorBy());
            signer = Signature.of(wire.getSignature().toByteArray()).recover(domain.digest(receipt));
        } catch (IllegalArgumentException malformed) {
            return Optional.of("receipt malformed: " + malformed.getMessage());
        }
        if (signer.isEmpty()) {
            return Optional.of("receipt's signature: expected one that recovers to a key, actual none");
        }
        var epoch = new Epoch(receipt.nodeId(), receipt.epoch());
        var expected = signers.putIfAbsent(epoch, signer.get());
        if (expected != null && !expected.equals(signer.get())) {
            return Optional.of("receipt's signature: expected the key " + expected.hex() + " of epoch "
                    + receipt.epoch() + ", actual " + signer.get().hex());
        }
        return Optional.empty();
    }

    /** Keys of epochs that were not compared with the chain's yet. */
    synchronized Map<Epoch, Address> unconfirmed() {
        var result = new HashMap<>(signers);
        result.keySet().removeAll(confirmed);
        return Map.copyOf(result);
    }

    /** What the chain says of a key. One that it does not show for that epoch is forgotten: it signed nothing of worth. */
    synchronized void compared(Epoch epoch, boolean isItsKey) {
        if (isItsKey) {
            confirmed.add(epoch);
        } else {
            signers.remove(epoch);
        }
    }
}
