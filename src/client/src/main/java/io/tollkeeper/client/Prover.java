package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.Receipt;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Believes no node: a record counts as anchored when the record's leaf leads to the proof's root, and the client's own
 * endpoint shows that root in a final block. Then, and only then, the spool is trimmed.
 */
final class Prover {
    /** How long a promise must have been seen broken, with the server asked again meanwhile, before it counts. */
    static final long BREACH_MILLIS = 5_000;

    /** How often keys and promises are looked at: both ask the chain. */
    static final long ROUND_MILLIS = 2_000;

    private record Offer(String server, AnchorProof proof) {}

    private final Bytes32 agreement;
    private final SigningDomain domain;
    private final Address signer;
    private final Spool spool;
    private final AnchorReader chain;
    private final ServerList servers;
    private final Receipts receipts;
    private final Runnable resendUnanchored;
    private final Journal journal;
    private final ClientClock clock;
    private final Events events;
    private final Map<Bytes32, Offer> offers = new LinkedHashMap<>();
    private final Map<Bytes32, Long> breaches = new HashMap<>();
    private long nextRoundMillis;

    Prover(
            Bytes32 agreement,
            SigningDomain domain,
            Address signer,
            Spool spool,
            AnchorReader chain,
            ServerList servers,
            Receipts receipts,
            Runnable resendUnanchored,
            Journal journal,
            ClientClock clock,
            Events events) {
        this.agreement = agreement;
        this.domain = domain;
        this.signer = signer;
        this.spool = spool;
        this.chain = chain;
        this.servers = servers;
        this.receipts = receipts;
        this.resendUnanchored = resendUnanchored;
        this.journal = journal;
        this.clock = clock;
        this.events = events;
        this.nextRoundMillis = clock.millis();
    }

    /** A server says that a record is anchored; looked into by the next {@link #step}. */
    synchronized void offer(String server, AnchorProof proof) {
        var read = ForeignRecord.read(proof.getRecord(), agreement, signer, domain);
        if (read.isEmpty()) {
            events.event("proof", server + ": expected a record of this agreement and its signer");
            return;
        }
        var digest = domain.digest(read.get().record());
        if (find(spool.state(), digest).isPresent()) {
            offers.put(digest, new Offer(server, proof));
        }
    }

    private static Optional<SpooledRecord> find(SpoolState state, Bytes32 digest) {
        return state.signed().stream()
                .filter(record -> record.digest().equals(digest))
                .findFirst()
                // An adopted floor has no proof yet; a proven one needs no second.
                .or(() -> state.floor()
                        .filter(record -> record.digest().equals(digest)
                                && state.floorProof().isEmpty()));
    }

    /** Looks into every offer, and at what was promised. */
    void step() throws IOException {
        for (var entry : copyOfOffers().entrySet()) {
            var settled = lookInto(entry.getKey(), entry.getValue());
            if (settled) {
                forget(entry.getKey(), entry.getValue());
            }
        }
        if (clock.millis() >= nextRoundMillis) {
            nextRoundMillis = clock.millis() + ROUND_MILLIS;
            confirmKeys();
            checkPromises();
        }
    }

    private synchronized Map<Bytes32, Offer> copyOfOffers() {
        offers.keySet().removeIf(digest -> find(spool.state(), digest).isEmpty());
        return new LinkedHashMap<>(offers);
    }

    private synchronized void forget(Bytes32 digest, Offer offer) {
        offers.remove(digest, offer);
    }

    /** Whether nothing more is to be found out about this offer. */
    private boolean lookInto(Bytes32 digest, Offer offer) throws IOException {
        var proof = offer.proof();
        AnchorReader.Claim claim;
        try {
            var leaf = CanonicalRecord.leafHash(proof.getRecord().getRecord().toByteArray());
            var path = proof.getPathList().stream()
                    .map(node -> Bytes32.of(node.toByteArray()))
                    .toList();
            var inclusion = new InclusionProof(proof.getPosition(), proof.getTreeSize(), path);
            var root = Bytes32.of(proof.getRoot().toByteArray());
            if (!inclusion.verify(leaf, root)) {
                return refuted(
                        offer,
                        digest,
                        "its path leads to " + inclusion.rootFrom(leaf).hex() + ", the proof says root " + root.hex());
            }
            claim = new AnchorReader.Claim(
                    Bytes32.of(proof.getNodeId().toByteArray()),
                    proof.getEpoch(),
                    proof.getTreeSize(),
                    root,
                    proof.getBlockNumber(),
                    Bytes32.of(proof.getBlockHash().toByteArray()),
                    Bytes32.of(proof.getTransactionHash().toByteArray()),
                    proof.getLogIndex());
        } catch (IllegalArgumentException malformed) {
            return refuted(offer, digest, String.valueOf(malformed.getMessage()));
        }
        return switch (chain.check(claim)) {
            case ANCHORED -> {
                accept(digest, proof);
                yield true;
            }
            case NOT_YET -> false;
            case REFUTED -> refuted(offer, digest, "no such checkpoint at that place of the chain");
        };
    }

    private boolean refuted(Offer offer, Bytes32 digest, String why) {
        events.event("proof", offer.server() + ": the proof for " + digest.hex() + " does not hold: " + why);
        return true;
    }

    /** The record and, by the previous-record digests, all before it. */
    private void accept(Bytes32 digest, AnchorProof proof) throws IOException {
        synchronized (spool) {
            var state = spool.state();
            var record = find(state, digest);
            if (record.isEmpty()) {
                return;
            }
            var before = state.floor().map(SpooledRecord::digest);
            for (var signed : state.signed()) {
                if (before.isPresent()
                        && !signed.record().body().previousDigest().equals(before.get())) {
                    events.event("proof", "the spool's chain is broken before seq " + signed.seq() + "; kept");
                    return;
                }
                before = Optional.of(signed.digest());
                if (signed.digest().equals(digest)) {
                    break;
                }
            }
            spool.anchored(digest, proof.toByteString());
            journal.anchored(digest, record.get().seq(), proof);
        }
    }

    private void confirmKeys() throws IOException {
        for (var entry : receipts.unconfirmed().entrySet()) {
            var epoch = entry.getKey();
            var isItsKey = chain.isKeyOf(epoch.nodeId(), epoch.epoch(), entry.getValue());
            if (isItsKey.isEmpty()) {
                continue;
            }
            receipts.compared(epoch, isItsKey.get());
            if (!isItsKey.get()) {
                events.event(
                        "receipt",
                        "expected the key that the chain shows for epoch %d of node %s, actual receipts by %s"
                                .formatted(
                                        epoch.epoch(),
                                        epoch.nodeId().hex(),
                                        entry.getValue().hex()));
            }
        }
    }

    /** A server whose promise is broken is marked, and what is not anchored goes to the next. */
    private void checkPromises() throws IOException {
        var oldest = spool.state().signed().stream()
                .filter(record -> record.ack().isPresent())
                .findFirst();
        if (oldest.isEmpty()) {
            breaches.clear();
            return;
        }
        var record = oldest.get();
        var ack = record.ack().orElseThrow();
        var anchorBy = Receipt.parseFrom(ack.receipt()).getAnchorBy();
        if (clock.unixMillis() / 1000 <= anchorBy) {
            // Saves a question to the chain; by the chain's clock it may even be earlier.
            return;
        }
        var finalTime = chain.finalBlockTimeSeconds();
        if (finalTime <= anchorBy) {
            return;
        }
        breaches.keySet().retainAll(Set.of(record.digest()));
        var since = breaches.computeIfAbsent(record.digest(), _ -> clock.millis());
        if (clock.millis() - since < BREACH_MILLIS) {
            return;
        }
        breaches.clear();
        var detail = "seq %d was to be anchored by %d, the chain is final up to %d"
                .formatted(record.seq(), anchorBy, finalTime);
        events.event("promise", ack.server() + ": " + detail);
        servers.brokePromise(ack.server(), detail);
        resendUnanchored.run();
    }
}
