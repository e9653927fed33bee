package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.node.NodeLabels;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The caches that the operator watches, and what wakes a reconcile. */
public final class Sources {
    private static final String BY_BILLING_NODE = "by-billing-node";

    private final InformerEventSource<Pod, BillingNode> pods;
    private final InformerEventSource<Lease, BillingNode> leases;
    private final InformerEventSource<Node, BillingNode> machines;
    private final SimpleInboundEventSource<BillingNode> calls = new SimpleInboundEventSource<>("calls");
    private final IndexerResourceCache<BillingNode> billingNodes;

    public Sources(EventSourceContext<BillingNode> context) {
        billingNodes = context.getPrimaryCache();
        pods = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, BillingNode.class)
                        .withName("pods")
                        .withNamespacesInheritedFromController()
                        .withLabelSelector(NodeLabels.BILLING_NODE)
                        .withSecondaryToPrimaryMapper(Sources::owner)
                        .build(),
                context);
        leases = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Lease.class, BillingNode.class)
                        .withName("leases")
                        .withNamespacesInheritedFromController()
                        .withLabelSelector(NodeLabels.BILLING_NODE)
                        .withSecondaryToPrimaryMapper(Sources::owner)
                        .withOnUpdateFilter(Sources::moreThanRenewed)
                        .build(),
                context);
        machines = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Node.class, BillingNode.class)
                        .withName("machines")
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(_ -> billingNodes
                                .list()
                                .map(ResourceID::fromResource)
                                .collect(Collectors.toSet()))
                        .withOnUpdateFilter(Sources::differsForPods)
                        .build(),
                context);
        pods.addIndexers(Map.of(BY_BILLING_NODE, Sources::index));
        leases.addIndexers(Map.of(BY_BILLING_NODE, Sources::index));
    }

    public List<EventSource<?, BillingNode>> all() {
        return List.of(pods, leases, machines, calls);
    }

    public List<Pod> pods(String namespace, String billingNode) {
        return pods.byIndex(BY_BILLING_NODE, namespace + "/" + billingNode);
    }

    public Optional<Lease> lease(String namespace, String name) {
        return leases.get(new ResourceID(name, namespace));
    }

    public Stream<Lease> leases() {
        return leases.list();
    }

    public Stream<Node> machines() {
        return machines.list();
    }

    public Stream<BillingNode> billingNodes() {
        return billingNodes.list();
    }

    public Optional<BillingNode> billingNode(String namespace, String name) {
        return billingNodes.get(new ResourceID(name, namespace));
    }

    /** Has this BillingNode reconciled soon. */
    public void call(String namespace, String billingNode) {
        calls.propagateEvent(new ResourceID(billingNode, namespace));
    }

    private static Set<ResourceID> owner(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map(labels -> labels.get(NodeLabels.BILLING_NODE))
                .map(name -> Set.of(new ResourceID(name, object.getMetadata().getNamespace())))
                .orElse(Set.of());
    }

    private static List<String> index(HasMetadata object) {
        return owner(object).stream()
                .map(id -> id.getNamespace().orElse("") + "/" + id.getName())
                .toList();
    }

    /** Pure renewals, by far the most frequent change in the cluster, are followed by the lease watch alone. */
    static boolean moreThanRenewed(Lease now, Lease before) {
        return !Objects.equals(
                        now.getSpec().getHolderIdentity(), before.getSpec().getHolderIdentity())
                || !Objects.equals(
                        now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations());
    }

    /** Heartbeats of kubelets change a Node every few seconds and mean nothing here. */
    static boolean differsForPods(Node now, Node before) {
        return !Objects.equals(
                        now.getMetadata().getLabels(), before.getMetadata().getLabels())
                || !Objects.equals(now.getSpec(), before.getSpec())
                || MachineFacts.of(now, Map.of(), List.of()).ready()
                        != MachineFacts.of(before, Map.of(), List.of()).ready();
    }
}
