package io.tollkeeper.operator.chain;

import io.tollkeeper.operator.observe.World.Obstacle;
import java.util.Map;
import java.util.Optional;

/** The chains that the operator was given. */
public interface Chains {
    /** The chain's description, operator's keys included. */
    Optional<Map<String, String>> keys(String chain);

    /** Why nothing can be placed on this chain, if so. */
    Optional<Obstacle> obstacle(String chain);

    /** The registry of this chain; empty where {@link #obstacle} says why. May read the admin Secret. */
    Optional<NodeRegistry> registry(String chain);
}
