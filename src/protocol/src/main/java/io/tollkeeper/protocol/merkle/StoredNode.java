package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;

/**
 * The root of a full subtree, to be stored under (level, index); see {@link NodeSource}.
 *
 * @param level 0 for a leaf, at most 62
 * @param index from 0
 * @param hash the node's hash
 */
public record StoredNode(int level, long index, Bytes32 hash) {
    public StoredNode {
        if (level < 0 || level > 62 || index < 0) {
            throw new IllegalArgumentException(
                    "expected a level from 0 to 62 and an index from 0, got (%d, %d)".formatted(level, index));
        }
    }
}
