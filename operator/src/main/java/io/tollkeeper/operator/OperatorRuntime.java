package io.tollkeeper.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Starts the operator, once the API server answers, and stops it. */
@ApplicationScoped
public class OperatorRuntime {
    private static final Logger LOG = Logger.getLogger(OperatorRuntime.class);
    private static final int PULSE_MILLIS = 2_000;
    private static final Duration KNOCK = Duration.ofSeconds(1);

    @Produces
    @Singleton
    OperatorSettings settings(
            KubernetesClient client,
            @ConfigProperty(name = OperatorSettings.NAMESPACE) Optional<String> namespace,
            @ConfigProperty(name = "HOSTNAME") Optional<String> hostname,
            @ConfigProperty(name = OperatorSettings.NODE_IMAGE) Optional<String> nodeImage) {
        return new OperatorSettings(
                namespace
                        .or(() -> Optional.ofNullable(client.getNamespace()))
                        .orElseThrow(() -> new IllegalStateException(
                                OperatorSettings.NAMESPACE + ": expected the operator's namespace, got none")),
                hostname.orElseGet(OperatorRuntime::hostName),
                nodeImage.filter(image -> !image.isBlank()).orElse(OperatorSettings.DEFAULT_NODE_IMAGE));
    }

    @Produces
    @Singleton
    Operation operation(KubernetesClient client, OperatorSettings settings) {
        Config config = new ConfigBuilder(client.getConfiguration())
                .withConnectionTimeout(PULSE_MILLIS)
                .withRequestTimeout(PULSE_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new Operation(
                client, new KubernetesClientBuilder().withConfig(config).build(), settings);
    }

    /** Two replicas are safe: one acts, the other follows the Leases and is ready to act. */
    @Produces
    @ApplicationScoped
    @Unremovable
    LeaderElectionConfiguration leaderElection(OperatorSettings settings, Operation operation) {
        LeaderCallbacks callbacks = new LeaderCallbacks(
                () -> operation.metrics().leader(true),
                () -> operation.metrics().leader(false),
                leader -> LOG.infof("leader is %s", leader));
        return new LeaderElectionConfiguration(
                Watch.LEADER_LEASE,
                settings.namespace(),
                LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
                LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
                LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
                settings.identity(),
                callbacks,
                true);
    }

    void start(@Observes StartupEvent event, Operator operator, Operation operation) {
        Thread.ofPlatform().name("operator-start").start(() -> {
            try {
                waitForApiServer(operation);
                operator.start();
                operation.start();
                LOG.info("operator started");
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("the operator cannot start", e);
                Quarkus.asyncExit(1);
            }
        });
    }

    /** An operator that comes up before the API server waits for it instead of failing. */
    private static void waitForApiServer(Operation operation) throws InterruptedException {
        boolean said = false;
        while (true) {
            try {
                operation.chains().refresh();
                return;
            } catch (KubernetesClientException e) {
                if (!said) {
                    LOG.warnf("waiting for the API server: %s", e.getMessage());
                    said = true;
                }
                Thread.sleep(KNOCK);
            }
        }
    }

    void stop(@Observes ShutdownEvent event, Operator operator, Operation operation) {
        operation.close();
        operator.stop();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "tollkeeper-operator";
        }
    }
}
