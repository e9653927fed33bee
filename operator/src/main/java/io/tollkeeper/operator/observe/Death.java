package io.tollkeeper.operator.observe;

import java.time.Instant;

/** A node that died in a zone that may be the reason. {@code node} is unique among all BillingNodes. */
public record Death(String node, String zone, Instant at) {}
