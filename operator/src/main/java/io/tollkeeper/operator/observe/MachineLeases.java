package io.tollkeeper.operator.observe;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The Leases that kubelets renew every ten seconds. They tell that a whole zone is silent long before the API server
 * marks its Kubernetes Nodes.
 */
public final class MachineLeases {
    static final Duration SILENT = Duration.ofSeconds(20);

    private final LeaseTracker tracker;
    private volatile Map<String, Lease> newest = Map.of();

    public MachineLeases(LeaseTracker tracker) {
        this.tracker = tracker;
    }

    /** The Leases of all Kubernetes Nodes, read just now. */
    public void heard(List<Lease> leases, DetectionClock.Reading reading) {
        Map<String, Lease> byName = new ConcurrentHashMap<>();
        leases.forEach(lease -> {
            byName.put(lease.getMetadata().getName(), lease);
            tracker.observe(key(lease.getMetadata().getName()), lease, reading);
        });
        newest = byName;
    }

    /** Nothing is known until they are heard again. */
    public void forget() {
        newest.keySet().forEach(machine -> tracker.forget(key(machine)));
        newest = Map.of();
    }

    /** Zones in which no kubelet has renewed its Lease for a while. */
    Set<String> silentZones(Collection<MachineFacts> machines, DetectionClock.Reading reading) {
        Map<String, Lease> leases = newest;
        if (!reading.runs() || leases.isEmpty()) {
            return Set.of();
        }
        return machines.stream().collect(Collectors.groupingBy(MachineFacts::zone)).entrySet().stream()
                .filter(zone -> zone.getValue().stream().allMatch(machine -> silent(machine.name(), leases, reading)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private boolean silent(String machine, Map<String, Lease> leases, DetectionClock.Reading reading) {
        Lease lease = leases.get(machine);
        return lease != null
                && tracker.observe(key(machine), lease, reading).age().compareTo(SILENT) > 0;
    }

    private static String key(String machine) {
        return "machine " + machine;
    }
}
