package io.tollkeeper.node.server;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.tollkeeper.node.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** On SIGTERM: drains while the doors are still open and answer MOVE; closes the store when they are shut. */
@ApplicationScoped
public class Shutdown {
    void beforeTheDoorsShut(@Observes ShutdownDelayInitiatedEvent event) {
        Node.running().drain();
    }

    void afterTheDoorsShut(@Observes ShutdownEvent event) {
        Node.running().close();
    }
}
