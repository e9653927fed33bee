package io.tollkeeper.operator.decide;

import java.util.List;
import java.util.Map;

/** One thing to do to the cluster. Each may be done twice with the same result. */
public sealed interface Action {
    /** The node's objects for life exist, and its Service leads to this epoch's pod. */
    record Ensure(String node, int index, long epoch) implements Action {}

    /** The node's Lease exists and this pod is its holder. */
    record HandLease(String node, String pod) implements Action {}

    /** Key and pod of an epoch. */
    record CreateEpoch(String node, int index, long epoch, Placement placement) implements Action {}

    /** Pods and key Secrets of these epochs end; {@code force}: without waiting for a kubelet. */
    record DeleteEpochs(String node, List<Long> epochs, boolean force) implements Action {}

    /** The node's objects for life go. */
    record RemoveNode(String node) implements Action {}

    /** Where a pod may and should go. */
    record Placement(
            List<String> onlyZones,
            List<String> excludedZones,
            List<String> excludedMachines,
            Map<String, Integer> zoneWeights) {}
}
