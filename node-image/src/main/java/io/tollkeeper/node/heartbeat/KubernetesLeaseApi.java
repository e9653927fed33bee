package io.tollkeeper.node.heartbeat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link LeaseApi} over fabric8; finds the API server the way fabric8 does (service account, KUBERNETES_MASTER…). */
final class KubernetesLeaseApi implements LeaseApi {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;

    KubernetesLeaseApi(String namespace, String name, String holder) {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withConnectionTimeout(TIMEOUT_MILLIS)
                .withRequestTimeout(TIMEOUT_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .build();
        this.client = new KubernetesClientBuilder().withConfig(config).build();
        this.namespace = namespace;
        this.name = name;
        this.holder = holder;
    }

    @Override
    public LeaseAnswer read() {
        try {
            return judge(client.leases().inNamespace(namespace).withName(name).get());
        } catch (KubernetesClientException e) {
            return new LeaseAnswer.Unknown(describe(e));
        }
    }

    @Override
    public LeaseAnswer write(Lease lease) {
        try {
            Resource<Lease> resource = client.leases().inNamespace(namespace).resource(lease);
            return judge(resource.lockResourceVersion(lease.getMetadata().getResourceVersion())
                    .update());
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case NOT_FOUND -> new LeaseAnswer.Lost("the Lease is gone");
                case CONFLICT -> read();
                default -> new LeaseAnswer.Unknown(describe(e));
            };
        }
    }

    private LeaseAnswer judge(@Nullable Lease lease) {
        if (lease == null) {
            return new LeaseAnswer.Lost("the Lease is gone");
        }
        String now = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        return Objects.equals(now, holder)
                ? new LeaseAnswer.Ours(lease)
                : new LeaseAnswer.Lost("the Lease is held by " + (now == null ? "nobody" : now));
    }

    private static String describe(KubernetesClientException e) {
        return e.getCode() + " " + e.getMessage();
    }

    @Override
    public void close() {
        client.close();
    }
}
