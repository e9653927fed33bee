package io.tollkeeper.api.node;

/**
 * The environment variables by which the operator configures a billing node's pod. Durations are written as a number
 * and a unit ({@code 10s}, {@code 5m}, {@code 168h}, {@code 250ms}); a node refuses to start and lists every fault at
 * once when one is missing or malformed.
 */
public final class NodeEnvironment {
    /** Namespace of the BillingNode. */
    public static final String NAMESPACE = "TOLLKEEPER_NAMESPACE";

    /** Name of the BillingNode. */
    public static final String BILLING_NODE = "TOLLKEEPER_BILLING_NODE";

    /** Name of this node for life, {@code <billing node>-n<index>}. */
    public static final String NODE_NAME = "TOLLKEEPER_NODE_NAME";

    /** Index of this node in its BillingNode, from 0; part of the node id on the chain. */
    public static final String NODE_INDEX = "TOLLKEEPER_NODE_INDEX";

    /** Epoch of this pod, from 1. */
    public static final String EPOCH = "TOLLKEEPER_EPOCH";

    /** Name of this pod; holder identity of the Lease. */
    public static final String POD_NAME = "TOLLKEEPER_POD_NAME";

    /** File with the epoch's private key: 32 bytes in hex, 0x optional. */
    public static final String KEY_FILE = "TOLLKEEPER_KEY_FILE";

    /** Folder of the store. */
    public static final String DATA_DIR = "TOLLKEEPER_DATA_DIR";

    /** Folder with the chain's description, one file a key (see {@link ChainKeys}). */
    public static final String CHAIN_DIR = "TOLLKEEPER_CHAIN_DIR";

    /** Folder with plan documents (terms and tariff, YAML or JSON); every regular file in it is one. */
    public static final String PLANS_DIR = "TOLLKEEPER_PLANS_DIR";

    /** FULL or DIGEST. */
    public static final String ANCHOR_MODE = "TOLLKEEPER_ANCHOR_MODE";

    /** Longest time between two anchors while records wait. */
    public static final String ANCHOR_INTERVAL = "TOLLKEEPER_ANCHOR_INTERVAL";

    /** Promised time from acceptance to anchor. */
    public static final String ANCHOR_PROMISE = "TOLLKEEPER_ANCHOR_PROMISE";

    /** Name of this node's Lease, in {@link #NAMESPACE}. */
    public static final String LEASE_NAME = "TOLLKEEPER_LEASE_NAME";

    /** Time between two renewals of the Lease. */
    public static final String LEASE_RENEW_INTERVAL = "TOLLKEEPER_LEASE_RENEW_INTERVAL";

    /** Time after which an unrenewed Lease counts as stale. */
    public static final String LEASE_DURATION = "TOLLKEEPER_LEASE_DURATION";

    /** Longest drain after SIGTERM. */
    public static final String DRAIN_DEADLINE = "TOLLKEEPER_DRAIN_DEADLINE";

    /** Address that gRPC and HTTP bind to; 0.0.0.0 when unset. */
    public static final String BIND_ADDRESS = "TOLLKEEPER_BIND_ADDRESS";

    private NodeEnvironment() {}
}
