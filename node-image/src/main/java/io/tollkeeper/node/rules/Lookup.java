package io.tollkeeper.node.rules;

/** What a node knows of an agreement. */
public sealed interface Lookup {
    record Found(AgreementFacts facts) implements Lookup {}

    /** The chain, read just now, has no such agreement. */
    record Absent() implements Lookup {}

    /** Neither the store nor the chain could tell. */
    record Unavailable(String why, long retryAfterMillis) implements Lookup {}
}
