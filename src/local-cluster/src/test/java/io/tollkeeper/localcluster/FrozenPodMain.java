package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.file.Path;
import java.time.Duration;

/** A program that owns a cluster with a frozen pod and waits to be killed. */
final class FrozenPodMain {
    static final String READY = "frozen";

    private FrozenPodMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        var cluster = LocalCluster.builder()
                .runs(Path.of(arguments[0]))
                .images(TestImages.all())
                .start();
        HasMetadata pod = cluster.client().getKubernetesSerialization().unmarshal("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: stuck, namespace: default}
                        spec:
                          nodeSelector: {topology.kubernetes.io/zone: zone-a}
                          containers:
                          - {name: shell, image: test/shell:1, args: ["sleep 300 & wait"]}
                        """, HasMetadata.class);
        cluster.client().resource(pod).create();
        Wait.until(
                "the pod runs",
                Duration.ofSeconds(30),
                () -> "Running"
                        .equals(cluster.client()
                                .pods()
                                .inNamespace("default")
                                .withName("stuck")
                                .get()
                                .getStatus()
                                .getPhase()),
                cluster::describe);
        cluster.cutZone("zone-a", CutMode.FREEZE);
        System.out.println(READY);
        Thread.sleep(Duration.ofMinutes(5));
    }
}
