/** The two doors: gRPC for clients, HTTP for probes and Prometheus. Quarkus' beans are here and nowhere else. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.server;
