package io.tollkeeper.operator;

/**
 * What the operator is told by its environment.
 *
 * @param namespace where it runs: its chains, its leader's Lease
 * @param identity its name among the replicas
 * @param nodeImage image of nodes whose BillingNode names none
 */
public record OperatorSettings(String namespace, String identity, String nodeImage) {
    /** Namespace of the operator; the service account's when unset. */
    public static final String NAMESPACE = "TOLLKEEPER_OPERATOR_NAMESPACE";

    /** Image of nodes. */
    public static final String NODE_IMAGE = "TOLLKEEPER_NODE_IMAGE";

    public static final String DEFAULT_NODE_IMAGE = "tollkeeper/node:0.1.0";
}
