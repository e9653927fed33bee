package io.tollkeeper.api;

/** The steps of a move, in order. Each is written to the status before anything of it is done. */
public enum MovePhase {
    /** The node's Service and Lease are taken from the old epoch. */
    CUT,
    /** Key and pod of the new epoch are made; ends when the pod is bound to a Kubernetes Node. */
    PLACE,
    /** The pod starts; ends when it is Ready. */
    START,
    /** What is left of the old epoch is deleted. */
    CLOSE
}
