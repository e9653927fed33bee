package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What stands for one image on this machine.
 *
 * @param command the image's entry point; a container's {@code command} replaces it, its {@code args} follow it
 * @param environment variables that a container would find otherwise, for example its bind address; they win over the
 *     pod's own
 */
public record ImageEntry(
        Function<ContainerContext, List<String>> command, Function<ContainerContext, Map<String, String>> environment) {
    /** Share of a container's memory limit that the Java heap gets; the rest is for all else that a JVM and RocksDB need. */
    private static final double HEAP_SHARE = 0.5;

    /** An entry whose command and environment are the same in every container. */
    public static ImageEntry of(List<String> command, Map<String, String> environment) {
        var fixedCommand = List.copyOf(command);
        var fixedEnvironment = Map.copyOf(environment);
        return new ImageEntry(_ -> fixedCommand, _ -> fixedEnvironment);
    }

    /**
     * An executable jar on the JDK that runs this program, with half of the container's memory limit as its heap and
     * the names of all Services.
     *
     * @param jar the same artifact that the image ships
     * @param jvmOptions further options, before {@code -jar}
     * @param environment as in the record
     */
    public static ImageEntry jar(
            Path jar, List<String> jvmOptions, Function<ContainerContext, Map<String, String>> environment) {
        var file = jar.toAbsolutePath();
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ImageEntry(
                context -> {
                    var command = new ArrayList<>(List.of(java));
                    context.memoryLimitBytes()
                            .ifPresent(bytes -> command.add("-Xmx" + (long) (bytes * HEAP_SHARE / 1024) + "k"));
                    command.add("-Djava.io.tmpdir=" + context.root().resolve("tmp"));
                    // Its file in the machine's /tmp would outlive a killed process.
                    command.add("-XX:-UsePerfData");
                    command.addAll(nameResolution(context.hostsFile()));
                    command.add("--enable-native-access=ALL-UNNAMED");
                    command.addAll(jvmOptions);
                    command.addAll(List.of("-jar", file.toString()));
                    return command;
                },
                environment);
    }

    /**
     * Options that make a JVM look names up in {@code hostsFile}. The JDK reads the file anew at each lookup and keeps
     * answers for 30 s, misses for 10 s: too long for a file that changes when a Service does.
     */
    public static List<String> nameResolution(Path hostsFile) {
        return List.of(
                "-Djdk.net.hosts.file=" + hostsFile, "-Dsun.net.inetaddr.ttl=1", "-Dsun.net.inetaddr.negative.ttl=0");
    }
}
