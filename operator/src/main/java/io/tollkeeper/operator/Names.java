package io.tollkeeper.operator;

import java.util.OptionalInt;

/** Names of the objects of a BillingNode. */
public final class Names {
    /** Field manager of everything that the operator applies. */
    public static final String FIELD_MANAGER = "tollkeeper-operator";

    /** Stands for the zone of Kubernetes Nodes without the zone label; no label can have this value. */
    public static final String NO_ZONE = "(none)";

    public static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    public static final String HOST_LABEL = "kubernetes.io/hostname";

    /** Annotation of pods and key Secrets: address of the epoch's key. */
    public static final String SIGNER = "tollkeeper.io/signer";

    private Names() {}

    /** The node for life: its Service, ServiceAccount, Role, RoleBinding and Lease. */
    public static String node(String billingNode, int index) {
        return billingNode + "-n" + index;
    }

    /** One epoch of a node: its pod and key Secret. */
    public static String epoch(String node, long epoch) {
        return node + "-e" + epoch;
    }

    /** The copy of the chain's description that nodes may see. */
    public static String chain(String billingNode) {
        return billingNode + "-chain";
    }

    /** The list that clients use. */
    public static String servers(String billingNode) {
        return billingNode + "-servers";
    }

    /** Index of a node of this BillingNode, from its name. */
    public static OptionalInt index(String billingNode, String node) {
        String prefix = billingNode + "-n";
        if (!node.startsWith(prefix)) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(node.substring(prefix.length())));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }
}
