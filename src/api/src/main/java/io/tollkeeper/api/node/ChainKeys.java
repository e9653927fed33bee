package io.tollkeeper.api.node;

/**
 * Keys of a chain's ConfigMap. The chart makes it in the operator's namespace, labelled {@link #LABEL}; the operator
 * copies what a node may see into the node's namespace. A node finds one file for each key.
 */
public final class ChainKeys {
    /** Label of the ConfigMap; its value is the chain's name, as in {@code spec.chain}. */
    public static final String LABEL = "tollkeeper.io/chain";

    /** Chain id, decimal. */
    public static final String CHAIN_ID = "chainId";

    /** JSON-RPC endpoints, comma-separated URLs. */
    public static final String ENDPOINTS = "endpoints";

    /** Address of UsageAnchor. */
    public static final String USAGE_ANCHOR = "usageAnchor";

    /** Address of FeeVault. */
    public static final String FEE_VAULT = "feeVault";

    /** Block from which events are read, decimal: the deployment of the contracts. */
    public static final String START_BLOCK = "startBlock";

    /** Blocks on top of a block before it counts as final, decimal; 0 on chains with instant finality. */
    public static final String FINALITY_DEPTH = "finalityDepth";

    /** Usual time between two blocks, a number and a unit ({@code 2s}); optional, 12s when it is not there. */
    public static final String BLOCK_TIME = "blockTime";

    /** Fleet id on UsageAnchor, bytes32 in hex. */
    public static final String FLEET = "fleet";

    /** Wei that {@code register} hands to a new key, decimal. Operator only. */
    public static final String GAS_FIRST = "gasFirstWei";

    /** Balance in wei under which the operator tops a key up, decimal. Operator only. */
    public static final String GAS_LOW = "gasLowWei";

    /** Balance in wei up to which the operator tops a key up, decimal. Operator only. */
    public static final String GAS_TARGET = "gasTargetWei";

    /** Name of the Secret beside the ConfigMap with the NODE_ADMIN key. Operator only. */
    public static final String ADMIN_SECRET = "adminSecret";

    /** Key in that Secret: the private key, 32 bytes in hex. */
    public static final String ADMIN_SECRET_KEY = "key";

    private ChainKeys() {}
}
