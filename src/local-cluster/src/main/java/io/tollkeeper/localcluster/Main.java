package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** Starts a local cluster and keeps it until it is interrupted: a development tool. */
public final class Main {
    private Main() {}

    /**
     * Starts the cluster and waits.
     *
     * @param arguments {@code image=jar} pairs: each makes an executable jar stand for an image
     */
    public static void main(String[] arguments) throws InterruptedException {
        var images = Images.none();
        for (var argument : arguments) {
            var parts = argument.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("expected IMAGE=JAR, got " + argument);
            }
            images = images.and(parts[0], TollkeeperImages.jar(Path.of(parts[1])));
        }
        var began = Instant.now();
        try (var cluster = LocalCluster.builder()
                .images(images)
                .progress(text -> System.err.println("local cluster, "
                        + Duration.between(began, Instant.now()).toMillis() + " ms: " + text))
                .start()) {
            System.out.println(
                    "Ready after " + Duration.between(began, Instant.now()).toMillis() + " ms.");
            System.out.println("export KUBECONFIG=" + cluster.kubeconfig());
            System.out.println("Logs: " + cluster.logs());
            System.out.println("Ends with Ctrl-C.");
            var end = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
            end.await();
        }
    }
}
