package io.tollkeeper.client;

/** Probes the servers that are due, each on a thread of its own: one that hangs delays no other. */
final class Prober {
    private final ServerList servers;
    private final Nodes nodes;

    Prober(ServerList servers, Nodes nodes) {
        this.servers = servers;
        this.nodes = nodes;
    }

    void step() {
        for (var url : servers.dueProbes()) {
            Thread.ofVirtual().name("tollkeeper-probe").start(() -> probe(url));
        }
    }

    void probe(String url) {
        try {
            var answer = nodes.status(url);
            servers.probed(url, answer.getAccepting(), answer.getReason());
        } catch (NodeCallException failure) {
            servers.probeFailed(url, failure.failure(), failure.detail());
        } catch (RuntimeException failure) {
            servers.probeFailed(url, ServerList.Failure.ERROR, failure.toString());
        }
    }
}
