package io.tollkeeper.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.tollkeeper.chain.ChainAnchorReader;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.v1.AnchorProof;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks proofs again, by the protocol's arithmetic and the chain alone: the record's bytes hash to a leaf, the leaf is
 * under the root, and the root is in a final block. What a proven record commits to is proven with it: each names the
 * digest of the record before.
 */
public final class AnchorCheck {
    private static final HexFormat HEX = HexFormat.of();

    private final SigningDomain domain;
    private final ChainAnchorReader chain;
    private final Map<ChainAnchorReader.Claim, Boolean> anchored = new HashMap<>();

    public AnchorCheck(ChainView chain) {
        this.domain = chain.domain();
        this.chain = chain.anchorReader();
    }

    /** The digest of the record that this proof proves; empty when it proves nothing. */
    public Optional<Bytes32> digestProvenBy(AnchorProof proof) {
        var path = new ArrayList<Bytes32>();
        proof.getPathList().forEach(sibling -> path.add(bytes32(sibling)));
        return digestProven(
                proof.getRecord().getRecord().toByteArray(),
                new InclusionProof(proof.getPosition(), proof.getTreeSize(), path),
                bytes32(proof.getRoot()),
                new ChainAnchorReader.Claim(
                        bytes32(proof.getNodeId()),
                        proof.getEpoch(),
                        proof.getTreeSize(),
                        bytes32(proof.getRoot()),
                        proof.getBlockNumber(),
                        bytes32(proof.getBlockHash()),
                        bytes32(proof.getTransactionHash()),
                        proof.getLogIndex()));
    }

    /** The same for a line of a client's journal. */
    public Optional<Bytes32> digestProvenBy(JsonNode line) {
        var path = new ArrayList<Bytes32>();
        line.get("path").forEach(sibling -> path.add(Bytes32.fromHex(sibling.asText())));
        var treeSize = line.get("treeSize").asLong();
        var root = Bytes32.fromHex(line.get("root").asText());
        return digestProven(
                bytes(line.get("record").asText()),
                new InclusionProof(line.get("position").asLong(), treeSize, path),
                root,
                new ChainAnchorReader.Claim(
                        Bytes32.fromHex(line.get("nodeId").asText()),
                        line.get("epoch").asLong(),
                        treeSize,
                        root,
                        line.get("blockNumber").asLong(),
                        Bytes32.fromHex(line.get("blockHash").asText()),
                        Bytes32.fromHex(line.get("transactionHash").asText()),
                        line.get("logIndex").asLong()));
    }

    private Optional<Bytes32> digestProven(
            byte[] record, InclusionProof inclusion, Bytes32 root, ChainAnchorReader.Claim claim) {
        return inclusion.verify(CanonicalRecord.leafHash(record), root) && isAnchored(claim)
                ? Optional.of(domain.digestOfCanonical(record))
                : Optional.empty();
    }

    /** Many records share an anchor; what is final once is asked once. */
    private boolean isAnchored(ChainAnchorReader.Claim claim) {
        return anchored.getOrDefault(claim, false)
                || (chain.verify(claim) instanceof ChainAnchorReader.Verdict.Anchored
                        && anchored.put(claim, true) == null);
    }

    /**
     * Everything that is proven when {@code roots} are: these and all records before them in the client's chain.
     *
     * @param records the client's signed records, canonical form in hex, in any order
     */
    public Set<Bytes32> withPredecessors(Set<Bytes32> roots, List<JournalReader.Signed> records) {
        var previousOf = new HashMap<Bytes32, Bytes32>();
        for (var signed : records) {
            var canonical = bytes(signed.record());
            previousOf.put(domain.digestOfCanonical(canonical), previousDigest(canonical));
        }
        return walkBack(roots, previousOf);
    }

    private static Set<Bytes32> walkBack(Set<Bytes32> roots, Map<Bytes32, Bytes32> previousOf) {
        var proven = new HashSet<Bytes32>();
        for (var root : roots) {
            var at = Optional.of(root);
            while (at.isPresent() && proven.add(at.get())) {
                at = Optional.ofNullable(previousOf.get(at.get())).filter(previous -> !previous.isZero());
            }
        }
        return proven;
    }

    private static Bytes32 previousDigest(byte[] canonical) {
        try {
            return CanonicalRecord.decode(canonical).body().previousDigest();
        } catch (io.tollkeeper.protocol.MalformedRecordException e) {
            throw new IllegalStateException("a client signed bytes that are no record", e);
        }
    }

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex.substring(2));
    }

    private static Bytes32 bytes32(ByteString bytes) {
        return Bytes32.of(bytes.toByteArray());
    }
}
