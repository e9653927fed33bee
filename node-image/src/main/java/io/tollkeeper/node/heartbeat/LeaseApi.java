package io.tollkeeper.node.heartbeat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;

/** The two calls that a heartbeat makes. Neither repeats itself; each ends within two seconds. */
interface LeaseApi extends AutoCloseable {
    LeaseAnswer read();

    /** Writes the Lease if it still has the resourceVersion that {@code lease} was read with. */
    LeaseAnswer write(Lease lease);

    @Override
    void close();
}
