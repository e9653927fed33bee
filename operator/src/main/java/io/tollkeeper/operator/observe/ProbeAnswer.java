package io.tollkeeper.operator.observe;

/** What the newest direct probe of a node's current pod said. */
public enum ProbeAnswer {
    /** No probe has ended since the Lease began to look old. */
    NONE,
    ANSWERS,
    FAILS
}
