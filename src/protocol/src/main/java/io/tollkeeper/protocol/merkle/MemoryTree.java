package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;
import java.util.ArrayList;
import java.util.List;

/** A tree in memory: for a record's details, for checking a downloaded log, for tests. Not safe for threads. */
public final class MemoryTree implements NodeSource {
    private final List<List<Bytes32>> levels = new ArrayList<>();
    private Frontier frontier = Frontier.EMPTY;

    /** Appends a leaf hash and returns its position. */
    public long append(Bytes32 leafHash) {
        long position = frontier.size();
        Frontier.Appended appended = frontier.append(leafHash);
        for (StoredNode node : appended.nodes()) {
            while (levels.size() <= node.level()) {
                levels.add(new ArrayList<>());
            }
            levels.get(node.level()).add(node.hash());
        }
        frontier = appended.frontier();
        return position;
    }

    /** Number of leaves. */
    public long size() {
        return frontier.size();
    }

    /** The root over all leaves. */
    public Bytes32 root() {
        return frontier.root();
    }

    @Override
    public Bytes32 node(int level, long index) {
        if (level >= levels.size() || index >= levels.get(level).size()) {
            throw new IllegalStateException("no node at level %d, index %d".formatted(level, index));
        }
        return levels.get(level).get((int) index);
    }
}
