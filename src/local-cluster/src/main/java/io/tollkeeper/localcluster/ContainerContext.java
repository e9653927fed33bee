package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What an image entry may use to make a process do what a container would.
 *
 * @param namespace of the pod
 * @param pod name of the pod
 * @param container name of the container
 * @param node name of the Node
 * @param podIp the pod's own address, 127.x.y.z: what a container's 0.0.0.0 must become
 * @param hostsFile file with the names of all Services, for {@code -Djdk.net.hosts.file}
 * @param memoryLimitBytes the container's memory limit, if it has one
 * @param root folder under which the container's mounts lie
 */
public record ContainerContext(
        String namespace,
        String pod,
        String container,
        String node,
        String podIp,
        Path hostsFile,
        OptionalLong memoryLimitBytes,
        Path root) {}
