package io.tollkeeper.operator.decide;

import java.util.Arrays;
import java.util.Optional;

/** Why a node is brought up anew; the first word of a move's reason. */
public enum Reason {
    /** The node's first epoch. */
    Created(false),
    /** The pod's object is gone. */
    PodGone(false),
    /** The Kubernetes Node of the pod is gone. */
    MachineGone(true),
    /** The pod has failed: evicted, or refused by its kubelet. */
    PodFailed(false),
    /** The Lease is stale and the node does not answer. */
    LeaseStale(true),
    /** The container did not come back in time. */
    NotRestarted(false),
    /** The chain has a newer epoch, or has ended this one. */
    EpochPassed(false);

    private final boolean zoneSuspect;

    Reason(boolean zoneSuspect) {
        this.zoneSuspect = zoneSuspect;
    }

    /** Whether the zone itself may be at fault: it is left, and the death counts for breaker and zone. */
    public boolean zoneSuspect() {
        return zoneSuspect;
    }

    /** The reason that a text begins with. */
    static Optional<Reason> first(String text) {
        return Arrays.stream(values())
                .filter(reason -> text.equals(reason.name()) || text.startsWith(reason.name() + ";"))
                .findFirst();
    }
}
