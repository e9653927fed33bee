package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;
import java.util.ArrayList;
import java.util.List;

/**
 * Roots and proofs of the tree's first {@code size} leaves, for any size up to what is stored. A call reads
 * O(log² size) stored nodes at most and writes nothing.
 *
 * <p>The definitions are RFC 6962 section 2.1 (MTH, PATH, PROOF): a tree of more than one leaf splits at the largest
 * power of two below its size, so every left part is full and every right part goes on splitting.
 */
public final class MerkleTree {
    private MerkleTree() {}

    /** MTH: the root over the first {@code size} leaves; {@link MerkleHash#EMPTY_ROOT} for none. */
    public static Bytes32 root(long size, NodeSource nodes) {
        if (size < 0) {
            throw new IllegalArgumentException("expected a size from 0, got " + size);
        }
        return size == 0 ? MerkleHash.EMPTY_ROOT : subtree(0, size, nodes);
    }

    /** PATH: the proof that the leaf at {@code position} is in the tree of {@code size} leaves. */
    public static InclusionProof inclusion(long position, long size, NodeSource nodes) {
        if (position < 0 || position >= size) {
            throw new IllegalArgumentException(
                    "expected a position from 0 to below the size %d, got %d".formatted(size, position));
        }
        List<Bytes32> path = new ArrayList<>();
        collectPath(position, 0, size, nodes, path);
        return new InclusionProof(position, size, path);
    }

    /** PROOF: that the tree of {@code newSize} leaves begins with the tree of {@code oldSize} leaves. */
    public static ConsistencyProof consistency(long oldSize, long newSize, NodeSource nodes) {
        if (oldSize < 0 || oldSize > newSize) {
            throw new IllegalArgumentException(
                    "expected an old size from 0 to the new size %d, got %d".formatted(newSize, oldSize));
        }
        List<Bytes32> path = new ArrayList<>();
        if (oldSize > 0 && oldSize < newSize) {
            collectProof(oldSize, 0, newSize, true, nodes, path);
        }
        return new ConsistencyProof(oldSize, newSize, path);
    }

    /** The root over the leaves from {@code from} to {@code to}, exclusive; {@code from} is a multiple of the split. */
    private static Bytes32 subtree(long from, long to, NodeSource nodes) {
        long size = to - from;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.node(level, from >>> level);
        }
        long middle = from + Long.highestOneBit(size);
        return MerkleHash.node(subtree(from, middle, nodes), subtree(middle, to, nodes));
    }

    private static void collectPath(long position, long from, long to, NodeSource nodes, List<Bytes32> path) {
        if (to - from == 1) {
            return;
        }
        long middle = from + split(to - from);
        if (position < middle) {
            collectPath(position, from, middle, nodes, path);
            path.add(subtree(middle, to, nodes));
        } else {
            collectPath(position, middle, to, nodes, path);
            path.add(subtree(from, middle, nodes));
        }
    }

    /** SUBPROOF of RFC 6962 section 2.1.2; {@code old} counts from the log's beginning. */
    private static void collectProof(
            long old, long from, long to, boolean oldRootIsKnown, NodeSource nodes, List<Bytes32> path) {
        if (old == to) {
            if (!oldRootIsKnown) {
                path.add(subtree(from, to, nodes));
            }
            return;
        }
        long middle = from + split(to - from);
        if (old <= middle) {
            collectProof(old, from, middle, oldRootIsKnown, nodes, path);
            path.add(subtree(middle, to, nodes));
        } else {
            collectProof(old, middle, to, false, nodes, path);
            path.add(subtree(from, middle, nodes));
        }
    }

    /** The largest power of two below {@code size}, which is at least 2. */
    static long split(long size) {
        return Long.highestOneBit(size - 1);
    }
}
