package io.tollkeeper.operator.act;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.decide.Action;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Does what a plan says. Each action may be repeated; what is already as it should be is left alone. */
public final class Actor {
    /** Applied objects are applied again after this time, in case somebody changed or deleted them. */
    private static final Duration TRUST = Duration.ofMinutes(2);

    private final KubernetesClient client;
    private final Keys keys;
    private final String nodeImage;
    private final Clock clock;
    private final Map<String, Applied> applied = new ConcurrentHashMap<>();

    private record Applied(String hash, Instant at) {}

    public Actor(KubernetesClient client, Keys keys, String nodeImage, Clock clock) {
        this.client = client;
        this.keys = keys;
        this.nodeImage = nodeImage;
        this.clock = clock;
    }

    public void perform(BillingNode billingNode, Action action) {
        DesiredObjects objects = new DesiredObjects(billingNode);
        switch (action) {
            case Action.Ensure(String node, int _, long epoch) -> {
                apply(objects.service(node, epoch));
                apply(objects.serviceAccount(node));
                apply(objects.role(node));
                apply(objects.roleBinding(node));
            }
            case Action.HandLease(String node, String pod) -> handLease(objects, node, pod);
            case Action.CreateEpoch create -> createEpoch(billingNode, objects, create);
            case Action.DeleteEpochs delete -> deleteEpochs(objects.namespace(), delete);
            case Action.RemoveNode(String node) -> removeNode(objects.namespace(), node);
        }
    }

    /** By server-side apply, and only when it is not known to be there as it should be. */
    public void apply(HasMetadata desired) {
        String key = desired.getKind() + "/" + desired.getMetadata().getNamespace() + "/"
                + desired.getMetadata().getName();
        String hash = SpecHash.of(desired);
        Applied before = applied.get(key);
        if (before != null
                && before.hash().equals(hash)
                && clock.instant().isBefore(before.at().plus(TRUST))) {
            return;
        }
        client.resource(desired)
                .fieldManager(Names.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        applied.put(key, new Applied(hash, clock.instant()));
    }

    /** Forgets what was applied for a namespace and name prefix, so that it is applied anew. */
    private void forget(String namespace, String name) {
        applied.keySet().removeIf(key -> key.endsWith("/" + namespace + "/" + name));
    }

    /**
     * The Lease is written with the resourceVersion that was read, so that a node which renews it at the same moment
     * either comes before, or sees that it is no longer the holder.
     */
    private void handLease(DesiredObjects objects, String node, String pod) {
        var leases = client.leases().inNamespace(objects.namespace());
        Lease present = leases.withName(node).get();
        Instant now = clock.instant();
        if (present == null) {
            createIfAbsent(objects.lease(node, pod, now));
            return;
        }
        if (present.getSpec() != null && Objects.equals(present.getSpec().getHolderIdentity(), pod)) {
            return;
        }
        int transitions = present.getSpec() == null || present.getSpec().getLeaseTransitions() == null
                ? 0
                : present.getSpec().getLeaseTransitions();
        Lease taken = new LeaseBuilder(present)
                .withSpec(objects.lease(node, pod, now).getSpec())
                .editSpec()
                .withLeaseTransitions(transitions + 1)
                .endSpec()
                .build();
        leases.resource(taken)
                .lockResourceVersion(present.getMetadata().getResourceVersion())
                .update();
    }

    private void createEpoch(BillingNode billingNode, DesiredObjects objects, Action.CreateEpoch create) {
        String name = Names.epoch(create.node(), create.epoch());
        Keys.Key key = keys.fresh();
        Secret secret = objects.key(create.node(), create.epoch(), key.privateKeyHex(), key.address());
        // Where the Secret is there already, a pass was cut short after it made it: that key counts.
        String signer = createIfAbsent(secret) ? key.address() : signerOf(objects.namespace(), name);
        createIfAbsent(new PodTemplate(billingNode, nodeImage)
                .pod(create.node(), create.index(), create.epoch(), signer, create.placement()));
    }

    private String signerOf(String namespace, String secret) {
        return Optional.ofNullable(
                        client.secrets().inNamespace(namespace).withName(secret).get())
                .map(present -> present.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Names.SIGNER))
                .orElseThrow(() -> new KubernetesClientException("Secret " + secret + " names no signer"));
    }

    private boolean createIfAbsent(HasMetadata desired) {
        try {
            client.resource(desired).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private void deleteEpochs(String namespace, Action.DeleteEpochs delete) {
        for (long epoch : delete.epochs()) {
            String name = Names.epoch(delete.node(), epoch);
            var pod = client.pods().inNamespace(namespace).withName(name);
            if (delete.force()) {
                pod.withGracePeriod(0).delete();
            } else {
                pod.delete();
            }
            client.secrets().inNamespace(namespace).withName(name).delete();
        }
    }

    private void removeNode(String namespace, String node) {
        client.leases().inNamespace(namespace).withName(node).delete();
        client.services().inNamespace(namespace).withName(node).delete();
        client.rbac().roleBindings().inNamespace(namespace).withName(node).delete();
        client.rbac().roles().inNamespace(namespace).withName(node).delete();
        client.serviceAccounts().inNamespace(namespace).withName(node).delete();
        forget(namespace, node);
    }
}
