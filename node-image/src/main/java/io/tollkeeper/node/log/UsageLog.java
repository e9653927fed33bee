package io.tollkeeper.node.log;

import io.tollkeeper.node.store.Group;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.merkle.Frontier;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.merkle.MerkleTree;
import io.tollkeeper.protocol.merkle.NodeSource;
import io.tollkeeper.protocol.merkle.StoredNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log of one epoch: leaves and full interior nodes in the store, the right edge in memory. Appending is the
 * committing thread's alone; reading is anybody's, and sees what is on the disk.
 */
public final class UsageLog implements NodeSource {
    private final Store store;
    private final long epoch;

    /** The edge with what the current group has appended; the committing thread's own. */
    private Frontier pending = Frontier.EMPTY;

    private volatile Frontier committed = Frontier.EMPTY;

    public UsageLog(Store store, long epoch) {
        this.store = store;
        this.epoch = epoch;
        reload();
    }

    public long epoch() {
        return epoch;
    }

    /** Leaves on the disk. */
    public long size() {
        return committed.size();
    }

    /** Size and root of what is on the disk. */
    public Frontier edge() {
        return committed;
    }

    /** Appends a leaf and every interior node that it completes; returns its index. */
    public long append(Group group, Leaf leaf) {
        Frontier.Appended appended = pending.append(leaf.hash());
        for (StoredNode node : appended.nodes()) {
            if (node.level() == 0) {
                group.put(Keys.leaf(epoch, node.index()), leaf.encode());
            } else {
                group.put(
                        Keys.node(epoch, node.level(), node.index()),
                        node.hash().toByteArray());
            }
        }
        long index = pending.size();
        pending = appended.frontier();
        return index;
    }

    /** The group is on the disk: what it appended is to be seen. */
    public void committed() {
        committed = pending;
    }

    /** The group is lost, or the node has just started: the log is what the store says. */
    public void reload() {
        long size = Leaves.sizeOf(store, epoch);
        pending = Frontier.of(size, this);
        committed = pending;
    }

    public Optional<Leaf> leaf(long index) {
        return Leaves.read(store, epoch, index);
    }

    /** The root over the first {@code size} leaves. */
    public Bytes32 root(long size) {
        return MerkleTree.root(size, this);
    }

    public InclusionProof inclusion(long leaf, long size) {
        return MerkleTree.inclusion(leaf, size, this);
    }

    @Override
    public Bytes32 node(int level, long index) {
        if (level == 0) {
            return leaf(index).orElseThrow(() -> missing(level, index)).hash();
        }
        byte @Nullable [] hash = store.get(Keys.node(epoch, level, index));
        if (hash == null) {
            throw missing(level, index);
        }
        return Bytes32.of(hash);
    }

    private IllegalStateException missing(int level, long index) {
        return new IllegalStateException(
                "log of epoch " + epoch + ": expected a node at level " + level + ", index " + index + ", found none");
    }
}
