package io.tollkeeper.operator.observe;

import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.BillingNodeStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One BillingNode and what surrounds it, at one moment: all that a decision may look at.
 *
 * @param clockRuns whether the operator's own API calls succeed, so that silence of a Lease means something
 * @param machines Kubernetes Nodes by name
 * @param elsewhere deaths of other BillingNodes' nodes that they remember
 * @param silentZones zones all of whose Kubernetes Nodes have stopped renewing their own Leases
 * @param abnormalElsewhere zones that another BillingNode holds for abnormal, and until when
 * @param obstacle why nothing can be placed at all, if so: a reason and a sentence
 */
public record World(
        Instant now,
        String namespace,
        String name,
        BillingNodeSpec spec,
        BillingNodeStatus status,
        boolean clockRuns,
        List<NodeFacts> nodes,
        Map<String, MachineFacts> machines,
        List<Death> elsewhere,
        Set<String> silentZones,
        Map<String, Instant> abnormalElsewhere,
        Optional<Obstacle> obstacle) {

    public World {
        nodes = List.copyOf(nodes);
        machines = Map.copyOf(machines);
        elsewhere = List.copyOf(elsewhere);
        silentZones = Set.copyOf(silentZones);
        abnormalElsewhere = Map.copyOf(abnormalElsewhere);
    }

    /** Why nothing can be placed. */
    public record Obstacle(String reason, String message) {}

    /** Whether this Kubernetes Node exists and its kubelet reports. */
    public boolean machineReady(String machine) {
        MachineFacts facts = machines.get(machine);
        return facts != null && facts.ready();
    }
}
