package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;
import java.util.ArrayList;
import java.util.List;

/**
 * That a log only grew: the tree of {@code newSize} leaves begins with the tree of {@code oldSize} leaves (RFC 9162
 * section 2.1.4).
 *
 * @param oldSize from 0; the empty tree is the beginning of every tree
 * @param newSize at least the old size
 * @param path the nodes in the order of the RFC; empty where one of the trees is empty or both are the same
 */
public record ConsistencyProof(long oldSize, long newSize, List<Bytes32> path) {
    public ConsistencyProof {
        path = List.copyOf(path);
        if (oldSize < 0 || oldSize > newSize) {
            throw new IllegalArgumentException(
                    "expected an old size from 0 to the new size %d, got %d".formatted(newSize, oldSize));
        }
        if ((oldSize == 0 || oldSize == newSize) && !path.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected no path from size %d to size %d, got %d hashes".formatted(oldSize, newSize, path.size()));
        }
    }

    /** Whether the tree with {@code newRoot} begins with the tree with {@code oldRoot} (RFC 9162 section 2.1.4.2). */
    public boolean verify(Bytes32 oldRoot, Bytes32 newRoot) {
        if (oldSize == newSize) {
            return oldRoot.equals(newRoot) && (oldSize != 0 || oldRoot.equals(MerkleHash.EMPTY_ROOT));
        }
        if (oldSize == 0) {
            return oldRoot.equals(MerkleHash.EMPTY_ROOT);
        }
        List<Bytes32> nodes = new ArrayList<>(path);
        if (Long.bitCount(oldSize) == 1) {
            nodes.addFirst(oldRoot);
        }
        if (nodes.isEmpty()) {
            return false;
        }
        long node = oldSize - 1;
        long last = newSize - 1;
        while ((node & 1) == 1) {
            node >>>= 1;
            last >>>= 1;
        }
        Bytes32 oldHash = nodes.getFirst();
        Bytes32 newHash = nodes.getFirst();
        for (Bytes32 sibling : nodes.subList(1, nodes.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                oldHash = MerkleHash.node(sibling, oldHash);
                newHash = MerkleHash.node(sibling, newHash);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                newHash = MerkleHash.node(newHash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && oldHash.equals(oldRoot) && newHash.equals(newRoot);
    }
}
