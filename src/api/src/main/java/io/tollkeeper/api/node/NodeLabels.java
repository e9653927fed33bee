package io.tollkeeper.api.node;

/** Labels and annotations on what belongs to a billing node. */
public final class NodeLabels {
    /** Name of the BillingNode; on every object of it. */
    public static final String BILLING_NODE = "tollkeeper.io/billing-node";

    /** Name of the node, {@code <billing node>-n<index>}; on every object of it. */
    public static final String NODE = "tollkeeper.io/node";

    /** Epoch; on pods and key Secrets, and in the node Service's selector. */
    public static final String EPOCH = "tollkeeper.io/epoch";

    /** Annotation: hash of the specification that an object was created from. */
    public static final String SPEC_HASH = "tollkeeper.io/spec-hash";

    /** Annotation on a Lease: why a node that lives cannot work. */
    public static final String SICK = "tollkeeper.io/sick";

    private NodeLabels() {}
}
