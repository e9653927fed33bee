package io.tollkeeper.localcluster;

import io.tollkeeper.api.node.NodeEnvironment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What stands for the images of Tollkeeper: the same artifacts that they ship. */
public final class TollkeeperImages {
    /** The operator's image. */
    public static final String OPERATOR = "tollkeeper/operator:0.1.0";

    /** The billing node's image. */
    public static final String NODE = "tollkeeper/node:0.1.0";

    private TollkeeperImages() {}

    /** Both images. */
    public static Images of(Path operatorJar, Path nodeJar) {
        return Images.of(OPERATOR, jar(operatorJar)).and(NODE, jar(nodeJar));
    }

    /**
     * A jar of either image. In a container it binds to all addresses; here it must bind to its pod's own, or it would
     * take the port from every other pod.
     */
    public static ImageEntry jar(Path jar) {
        return ImageEntry.jar(
                jar,
                List.of("-XX:+UseSerialGC"),
                context -> Map.of(NodeEnvironment.BIND_ADDRESS, context.podIp(), "QUARKUS_HTTP_HOST", context.podIp()));
    }
}
