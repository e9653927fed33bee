package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;

/**
 * Where the tree's stored nodes are. Only the roots of full subtrees are stored: they never change. The node at
 * (level, index) is the root over the leaves from {@code index << level} to {@code (index + 1) << level}, exclusive; at
 * level 0 it is a leaf hash.
 */
@FunctionalInterface
public interface NodeSource {
    /**
     * The stored node. Only asked for subtrees that lie whole within the size that the caller named; throws {@link
     * IllegalStateException} when it is not there, since then the store is not the log that it says it is.
     */
    Bytes32 node(int level, long index);
}
