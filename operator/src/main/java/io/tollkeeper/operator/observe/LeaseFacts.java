package io.tollkeeper.operator.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A node's Lease.
 *
 * @param holder pod that may renew it; empty where nobody holds it, or where it does not exist
 * @param age time since the operator saw it change, on the detection clock
 * @param changedAt when the operator saw it change
 */
public record LeaseFacts(boolean exists, Optional<String> holder, Duration age, Instant changedAt) {}
