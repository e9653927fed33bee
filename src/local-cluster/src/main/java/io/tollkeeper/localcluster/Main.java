package io.tollkeeper.localcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Starts a local cluster and keeps it until it is interrupted, doing to it what is typed: a development tool. */
public final class Main {
    private static final String HELP = """
            What can be typed:
              cut ZONE freeze|kill|isolate_from_api    heal ZONE [SECONDS until its kubelets are back]
              kill|freeze|thaw NAMESPACE POD           freeze-api, thaw-api
              pods
            Ends with Ctrl-C.""";

    private Main() {}

    /**
     * Starts the cluster and waits.
     *
     * @param arguments {@code image=jar} pairs: each makes an executable jar stand for an image
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var images = Images.none();
        for (var argument : arguments) {
            var parts = argument.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("expected IMAGE=JAR, got " + argument);
            }
            images = images.and(parts[0], TollkeeperImages.jar(Path.of(parts[1])));
        }
        var began = Instant.now();
        var cluster = LocalCluster.builder()
                .images(images)
                .progress(text -> System.err.println("local cluster, " + millisSince(began) + " ms: " + text))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
        System.out.println("Ready after " + millisSince(began) + " ms.");
        System.out.println("export KUBECONFIG=" + cluster.kubeconfig());
        System.out.println("Logs: " + cluster.logs());
        System.out.println(HELP);
        obey(cluster);
        new CountDownLatch(1).await(); // Nothing more is typed; the cluster stays until a signal comes.
    }

    private static long millisSince(Instant began) {
        return Duration.between(began, Instant.now()).toMillis();
    }

    private static void obey(LocalCluster cluster) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            try {
                obey(cluster, line.trim().split("\\s+"));
                System.out.println("done");
            } catch (RuntimeException e) {
                System.out.println(e.getMessage() + "\n" + HELP);
            }
        }
    }

    private static void obey(LocalCluster cluster, String[] words) {
        switch (words[0] + " " + words.length) {
            case "cut 3" -> cluster.cutZone(words[1], CutMode.valueOf(words[2].toUpperCase(Locale.ROOT)));
            case "heal 2" -> cluster.healZone(words[1]);
            case "heal 3" -> cluster.healZone(words[1], Duration.ofSeconds(Long.parseLong(words[2])));
            case "kill 3" -> cluster.killPod(words[1], words[2]);
            case "freeze 3" -> cluster.freezePod(words[1], words[2]);
            case "thaw 3" -> cluster.thawPod(words[1], words[2]);
            case "freeze-api 1" -> cluster.freezeApiServer();
            case "thaw-api 1" -> cluster.thawApiServer();
            case "pods 1" -> System.out.println(cluster.describe());
            default -> throw new IllegalArgumentException("not known: " + String.join(" ", words));
        }
    }
}
