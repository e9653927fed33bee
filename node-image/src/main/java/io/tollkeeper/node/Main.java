package io.tollkeeper.node;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.config.SettingsException;
import io.tollkeeper.node.config.SettingsReader;
import java.time.Clock;

/** Starts a billing node: settings, then the node and its doors. */
@QuarkusMain
public final class Main {
    private static final int EXIT_SETTINGS = 2;
    private static final int EXIT_STORE = 3;

    private Main() {}

    public static void main(String... args) {
        // Before anything makes a logger: Quarkus starts after the node, and its log manager cannot be set by then.
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        NodeSettings settings;
        try {
            settings = SettingsReader.read(System.getenv());
        } catch (SettingsException e) {
            System.err.println(
                    "tollkeeper-node cannot start; " + e.faults().size() + " fault(s) in its configuration:");
            e.faults().forEach(fault -> System.err.println("  " + fault));
            System.exit(EXIT_SETTINGS);
            return;
        }
        // Beside each other: opening the store takes as long as starting Quarkus. The doors wait for the node.
        Thread.ofPlatform().name("opening").start(() -> open(settings));
        Quarkus.run(args);
    }

    private static void open(NodeSettings settings) {
        try {
            Node.setRunning(Node.start(settings, Clock.systemUTC()));
        } catch (RuntimeException e) {
            System.err.println("tollkeeper-node cannot start: " + e.getMessage());
            // Not exit: nothing is open that would have to be closed, and Quarkus is still on its way up.
            Runtime.getRuntime().halt(EXIT_STORE);
        }
    }
}
