package io.tollkeeper.operator.decide;

/** What the chain should come to show for a node. The worker repeats it until it does. */
public sealed interface ChainTask {
    int index();

    /** Look only: nothing is registered yet. */
    record Look(int index) implements ChainTask {}

    /** This epoch is registered with this key, which has gas money. */
    record Register(int index, long epoch, String signer, String zone) implements ChainTask {}

    /** The node's newest epoch is ended. */
    record Fence(int index) implements ChainTask {}
}
