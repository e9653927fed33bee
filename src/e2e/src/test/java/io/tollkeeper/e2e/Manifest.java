package io.tollkeeper.e2e;

import java.nio.file.Path;

/** BillingNodes that the tests apply, with short times where a test would wait. */
final class Manifest {
    private static final String TEMPLATE = """
            apiVersion: billing.tollkeeper.io/v1alpha1
            kind: BillingNode
            metadata:
              name: %s
            spec:
              replicas: %d
              chain: default
              plans:
                configMaps: [plans]
              anchor: {interval: 2s, promise: 30s}
              pod:
                resources:
                  requests: {cpu: 100m, memory: 512Mi}
                  limits: {memory: 512Mi}
            """;

    private Manifest() {}

    static Path of(Stage stage, String name, int replicas) {
        return stage.workspace().write("manifests/" + name + ".yaml", TEMPLATE.formatted(name, replicas));
    }
}
