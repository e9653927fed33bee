package io.tollkeeper.protocol.merkle;

import static java.util.Objects.requireNonNull;

import io.tollkeeper.protocol.Bytes32;
import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a log: its size and the roots of its full subtrees, largest first (one for each bit of the size).
 * That is all it takes to append and to know the root. Immutable: an append that could not be stored leaves nothing to
 * undo.
 *
 * @param size number of leaves, from 0
 * @param peaks roots of the full subtrees, largest first
 */
public record Frontier(long size, List<Bytes32> peaks) {
    /** The log without leaves. */
    public static final Frontier EMPTY = new Frontier(0, List.of());

    public Frontier {
        peaks = List.copyOf(peaks);
        if (size < 0 || peaks.size() != Long.bitCount(size)) {
            throw new IllegalArgumentException(
                    "expected one peak for each bit of the size %d, got %d".formatted(size, peaks.size()));
        }
    }

    /** Reads the edge of the stored log's first {@code size} leaves. */
    public static Frontier of(long size, NodeSource nodes) {
        List<Bytes32> peaks = new ArrayList<>();
        long from = 0;
        for (long rest = size; rest > 0; rest -= Long.highestOneBit(rest)) {
            long peak = Long.highestOneBit(rest);
            int level = Long.numberOfTrailingZeros(peak);
            peaks.add(nodes.node(level, from >>> level));
            from += peak;
        }
        return new Frontier(size, peaks);
    }

    /** The edge after one more leaf, and the nodes that the leaf completed. */
    public Appended append(Bytes32 leafHash) {
        requireNonNull(leafHash, "leafHash is null");
        List<Bytes32> edge = new ArrayList<>(peaks);
        List<StoredNode> completed = new ArrayList<>();
        Bytes32 hash = leafHash;
        long index = size;
        completed.add(new StoredNode(0, index, hash));
        for (int level = 1; (index & 1) == 1; level++) {
            hash = MerkleHash.node(edge.removeLast(), hash);
            index >>>= 1;
            completed.add(new StoredNode(level, index, hash));
        }
        edge.add(hash);
        return new Appended(new Frontier(size + 1, edge), completed);
    }

    /** The root over all leaves. */
    public Bytes32 root() {
        if (size == 0) {
            return MerkleHash.EMPTY_ROOT;
        }
        Bytes32 root = peaks.getLast();
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = MerkleHash.node(peaks.get(i), root);
        }
        return root;
    }

    /**
     * What an append gives.
     *
     * @param frontier the edge with the leaf in it
     * @param nodes the leaf first, then each full subtree that it completed, from the leaf upwards: store all of them
     */
    public record Appended(Frontier frontier, List<StoredNode> nodes) {
        public Appended {
            nodes = List.copyOf(nodes);
        }
    }
}
