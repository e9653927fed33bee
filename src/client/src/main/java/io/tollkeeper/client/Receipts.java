package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Receipt;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SigningDomain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks receipts. One key signs for an epoch: a second one is refused at once, and which key the chain shows for it is
 * checked as soon as the chain shows one (a successor accepts records before its registration is in a block).
 */
final class Receipts {
    /** A node's epoch. */
    record Epoch(Bytes32 nodeId, long epoch) {}

    private final SigningDomain domain;
    private final Map<Epoch, Address> signers = new HashMap<>();
    private final Map<Epoch, Address> registered = new HashMap<>();

    Receipts(SigningDomain domain) {
        this.domain = domain;
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
        var expected = registered.containsKey(epoch) ? registered.get(epoch) : signers.get(epoch);
        if (expected != null && !expected.equals(signer.get())) {
            return Optional.of("receipt's signature: expected the key " + expected.hex() + " of epoch "
                    + receipt.epoch() + ", actual " + signer.get().hex());
        }
        signers.put(epoch, signer.get());
        return Optional.empty();
    }

    /** Epochs whose key was not compared with the chain's yet. */
    synchronized List<Epoch> unconfirmed() {
        return signers.keySet().stream()
                .filter(epoch -> !registered.containsKey(epoch))
                .toList();
    }

    /** The chain shows this key for the epoch; returns whether receipts were signed with another one. */
    synchronized boolean confirm(Epoch epoch, Address key) {
        registered.put(epoch, key);
        var seen = signers.put(epoch, key);
        return seen == null || seen.equals(key);
    }
}
