package io.tollkeeper.node.heartbeat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;

/** What the API server says of our Lease. */
sealed interface LeaseAnswer {
    /** It names this pod as its holder. */
    record Ours(Lease lease) implements LeaseAnswer {}

    /** It is not there, or names another holder: this pod has been replaced. */
    record Lost(String why) implements LeaseAnswer {}

    /** Nobody could tell: the API server is away, or refused the call. */
    record Unknown(String why) implements LeaseAnswer {}
}
