package io.tollkeeper.api;

/** What the operator makes of a node that is not in a move. */
public enum Verdict {
    /** Its Lease is fresh. */
    ALIVE,
    /** Its Lease is stale, the direct probe is still out. */
    PROBING,
    /** Its Lease is stale, but it answers: the node cannot reach the API server. No move. */
    CUT_OFF,
    /** Its Lease is stale and it does not answer, but its container is restarting on a Ready Node. */
    RESTARTING,
    /** Dead: it is moved. */
    DEAD,
    /** The operator's own view is not good enough to judge. */
    UNKNOWN
}
