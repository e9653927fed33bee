package io.tollkeeper.node.gate;

/** Why a node takes no records. The order is the order in which the first is told. */
public enum Closed {
    /** SIGTERM: the node is on its way out. */
    DRAINING(false),
    /** The chain shows a higher epoch, a fence, or another key for this node. */
    FENCED(false),
    /** The Lease is gone or names another pod. */
    LEASE_LOST(false),
    /** The chain has a larger checkpoint of this epoch than the disk has records: the disk was lost. */
    LOG_BEHIND_CHAIN(true),
    /** A synced write failed. */
    STORE_FAILING(true),
    /** The view of the chain is older than the plans allow. */
    VIEW_OLD(false);

    private final boolean sick;

    Closed(boolean sick) {
        this.sick = sick;
    }

    /** Whether the node itself cannot work, so that another has to come in its place. */
    public boolean isSick() {
        return sick;
    }
}
