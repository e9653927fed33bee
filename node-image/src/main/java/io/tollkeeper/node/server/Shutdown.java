package io.tollkeeper.node.server;

import io.quarkus.runtime.ShutdownEvent;
import io.tollkeeper.node.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** On SIGTERM: drains while the doors are still open and answer MOVE, then closes the store. */
@ApplicationScoped
public class Shutdown {
    void stop(@Observes ShutdownEvent event) {
        Node node = Node.running();
        node.drain();
        node.close();
    }
}
