package io.tollkeeper.operator.act;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.operator.Names;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The objects of one BillingNode except its pods, as they should be. Built from the resource alone. */
public final class DesiredObjects {
    /** Keys of a chain's ConfigMap that no node may see. */
    private static final Set<String> OPERATOR_ONLY = Set.of(
            ChainKeys.GAS_FIRST,
            ChainKeys.GAS_LOW,
            ChainKeys.GAS_TARGET,
            ChainKeys.ADMIN_SECRET,
            ChainKeys.ADMIN_SECRET_KEY);

    /** Key of the servers list in its ConfigMap. */
    public static final String SERVERS_KEY = "servers.yaml";

    /** Key of the private key in an epoch's Secret, and name of its file in the pod. */
    public static final String KEY_FILE = "key";

    private final BillingNode billingNode;

    public DesiredObjects(BillingNode billingNode) {
        this.billingNode = billingNode;
    }

    /** The address of a node in the clients' lists. What it leads to is the epoch in its selector. */
    Service service(String node, long epoch) {
        return new ServiceBuilder()
                .withMetadata(meta(node, labels(node)))
                .withNewSpec()
                .withType("ClusterIP")
                .withSelector(selector(node, epoch))
                .addNewPort()
                .withName(NodePorts.GRPC_NAME)
                .withPort(NodePorts.GRPC)
                .withNewTargetPort(NodePorts.GRPC_NAME)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName(NodePorts.HTTP_NAME)
                .withPort(NodePorts.HTTP)
                .withNewTargetPort(NodePorts.HTTP_NAME)
                .withProtocol("TCP")
                .endPort()
                .endSpec()
                .build();
    }

    ServiceAccount serviceAccount(String node) {
        return new ServiceAccountBuilder()
                .withMetadata(meta(node, labels(node)))
                .withAutomountServiceAccountToken(true)
                .build();
    }

    /** A node may read and renew its own Lease, and nothing else. */
    Role role(String node) {
        return new RoleBuilder()
                .withMetadata(meta(node, labels(node)))
                .addNewRule()
                .withApiGroups("coordination.k8s.io")
                .withResources("leases")
                .withResourceNames(node)
                .withVerbs("get", "update")
                .endRule()
                .build();
    }

    RoleBinding roleBinding(String node) {
        return new RoleBindingBuilder()
                .withMetadata(meta(node, labels(node)))
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", node)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName(node)
                .withNamespace(namespace())
                .endSubject()
                .build();
    }

    /** A Lease that this pod holds from now on. */
    Lease lease(String node, String pod, Instant now) {
        return new LeaseBuilder()
                .withMetadata(meta(node, labels(node)))
                .withNewSpec()
                .withHolderIdentity(pod)
                .withLeaseDurationSeconds(leaseSeconds())
                .withAcquireTime(time(now))
                .withRenewTime(time(now))
                .withLeaseTransitions(0)
                .endSpec()
                .build();
    }

    int leaseSeconds() {
        long seconds =
                Durations.parse(billingNode.getSpec().health().leaseDuration()).toSeconds();
        return (int) Math.max(1, seconds);
    }

    static ZonedDateTime time(Instant now) {
        return ZonedDateTime.ofInstant(now, ZoneOffset.UTC);
    }

    /** The key of one epoch. */
    Secret key(String node, long epoch, String privateKeyHex, String signer) {
        Map<String, String> labels = epochLabels(node, epoch);
        ObjectMeta meta = new ObjectMetaBuilder(meta(Names.epoch(node, epoch), labels))
                .addToAnnotations(Names.SIGNER, signer)
                .build();
        return new SecretBuilder()
                .withMetadata(meta)
                .withType("Opaque")
                .withImmutable(true)
                .addToData(KEY_FILE, Base64.getEncoder().encodeToString(privateKeyHex.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    /** What nodes may see of their chain. */
    public ConfigMap chain(Map<String, String> keys) {
        Map<String, String> visible = new TreeMap<>(keys);
        visible.keySet().removeAll(OPERATOR_ONLY);
        return new ConfigMapBuilder()
                .withMetadata(meta(Names.chain(name()), labels()))
                .withData(visible)
                .build();
    }

    /** The list that clients use: what {@code status.servers} says, as a file. */
    public ConfigMap servers(List<BillingNodeStatus.Server> servers) {
        StringBuilder yaml = new StringBuilder("servers:\n");
        for (BillingNodeStatus.Server server : servers) {
            yaml.append("  - name: ").append(server.name()).append('\n');
            yaml.append("    url: \"").append(server.url()).append("\"\n");
            yaml.append("    zone: \"").append(server.zone()).append("\"\n");
        }
        return new ConfigMapBuilder()
                .withMetadata(meta(Names.servers(name()), labels()))
                .withData(Map.of(SERVERS_KEY, servers.isEmpty() ? "servers: []\n" : yaml.toString()))
                .build();
    }

    /** Where clients reach a node's receiver. */
    public static String url(String node, String namespace) {
        return "http://" + node + "." + namespace + ".svc:" + NodePorts.GRPC;
    }

    /** Selects all pods of a BillingNode. */
    public static String podSelector(String billingNode) {
        return NodeLabels.BILLING_NODE + "=" + billingNode;
    }

    Map<String, String> selector(String node, long epoch) {
        Map<String, String> selector = new TreeMap<>(labels(node));
        selector.put(NodeLabels.EPOCH, Long.toString(epoch));
        return selector;
    }

    Map<String, String> epochLabels(String node, long epoch) {
        return selector(node, epoch);
    }

    private Map<String, String> labels() {
        return new TreeMap<>(Map.of(NodeLabels.BILLING_NODE, name()));
    }

    Map<String, String> labels(String node) {
        return new TreeMap<>(Map.of(NodeLabels.BILLING_NODE, name(), NodeLabels.NODE, node));
    }

    ObjectMeta meta(String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace())
                .withLabels(labels)
                .withOwnerReferences(owner())
                .build();
    }

    /** Everything belongs to the BillingNode, so that nothing is left behind when it goes. */
    OwnerReference owner() {
        return new OwnerReferenceBuilder()
                .withApiVersion(BillingNode.API_VERSION)
                .withKind("BillingNode")
                .withName(name())
                .withUid(billingNode.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(false)
                .build();
    }

    String name() {
        return billingNode.getMetadata().getName();
    }

    String namespace() {
        return billingNode.getMetadata().getNamespace();
    }
}
