package io.tollkeeper.protocol;

/**
 * Size and root of a node's log at one moment.
 *
 * @param nodeId the node
 * @param epoch its epoch; uint64. A log belongs to one epoch
 * @param size number of leaves; uint64
 * @param root the tree's root over them
 */
public record Checkpoint(Bytes32 nodeId, long epoch, long size, Bytes32 root) {
    public Checkpoint {
        Limits.range("epoch", epoch, 0, Limits.UINT64_MAX);
        Limits.range("size", size, 0, Limits.UINT64_MAX);
    }
}
