package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;
import java.util.List;

/**
 * That a leaf stands at a position of a tree (RFC 9162 section 2.1.3).
 *
 * @param position index of the leaf, from 0
 * @param treeSize number of leaves of the tree, above the position
 * @param path the siblings from the leaf to the root; as many as position and size ask for, no more and no less
 */
public record InclusionProof(long position, long treeSize, List<Bytes32> path) {
    public InclusionProof {
        path = List.copyOf(path);
        if (position < 0 || position >= treeSize) {
            throw new IllegalArgumentException(
                    "expected a position from 0 to below the size %d, got %d".formatted(treeSize, position));
        }
        if (path.size() != pathLength(position, treeSize)) {
            throw new IllegalArgumentException("expected a path of %d hashes for position %d of %d, got %d"
                    .formatted(pathLength(position, treeSize), position, treeSize, path.size()));
        }
    }

    /** The root that the tree has if the leaf stands there (RFC 9162 section 2.1.3.2). */
    public Bytes32 rootFrom(Bytes32 leafHash) {
        long node = position;
        long last = treeSize - 1;
        Bytes32 hash = leafHash;
        for (Bytes32 sibling : path) {
            if ((node & 1) == 1 || node == last) {
                hash = MerkleHash.node(sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = MerkleHash.node(hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return hash;
    }

    /** Whether the tree with this root has this leaf at this position. */
    public boolean verify(Bytes32 leafHash, Bytes32 root) {
        return rootFrom(leafHash).equals(root);
    }

    /**
     * The number of siblings: one a level below the point where the ways to this leaf and to the last one part, then one
     * for each left part beside the rest of the way.
     */
    static int pathLength(long position, long treeSize) {
        int inner = Long.SIZE - Long.numberOfLeadingZeros(position ^ (treeSize - 1));
        return inner + Long.bitCount(position >>> inner);
    }
}
