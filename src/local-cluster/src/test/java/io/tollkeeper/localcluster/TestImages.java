package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Images of the tests. */
final class TestImages {
    static final String ECHO = "test/echo:1";
    static final String SHELL = "test/shell:1";

    private TestImages() {}

    static Images all() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        var echo = new ImageEntry(
                context -> {
                    var command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
                    context.memoryLimitBytes().ifPresent(bytes -> command.add("-Xmx" + bytes / 2048 + "k"));
                    command.addAll(ImageEntry.nameResolution(context.hostsFile()));
                    command.addAll(List.of("-cp", classes, EchoServer.class.getName()));
                    return command;
                },
                context -> Map.of("ECHO_BIND", context.podIp()));
        return Images.of(ECHO, echo).and(SHELL, ImageEntry.of(List.of("sh", "-c"), Map.of()));
    }
}
