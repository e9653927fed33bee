package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus.ZoneStatus;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.observe.Death;
import io.tollkeeper.operator.observe.MachineFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The zones as one decision sees them: which could hold a node, which are abnormal and until when, and how many nodes
 * of this BillingNode each holds. Abnormal, for every BillingNode at once: two nodes of the zone dead within the
 * window; or one dead and all Kubernetes Nodes of the zone silent; or two failed placements.
 */
final class ZoneView {
    private final Set<String> usable;
    private final Map<String, ZoneStatus> abnormal;
    private final Map<String, Integer> nodes;
    private final Set<String> known;

    private ZoneView(
            Set<String> usable, Map<String, ZoneStatus> abnormal, Map<String, Integer> nodes, Set<String> known) {
        this.usable = usable;
        this.abnormal = abnormal;
        this.nodes = nodes;
        this.known = known;
    }

    static ZoneView of(World world) {
        Set<String> known = world.machines().values().stream()
                .map(MachineFacts::zone)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> usable = world.machines().values().stream()
                .filter(MachineFacts::usable)
                .map(MachineFacts::zone)
                .filter(zone ->
                        world.spec().zones().isEmpty() || world.spec().zones().contains(zone))
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, Integer> nodes = new TreeMap<>();
        world.nodes().forEach(node -> zoneOf(node.status()).ifPresent(zone -> nodes.merge(zone, 1, Integer::sum)));
        return new ZoneView(usable, abnormal(world), nodes, known);
    }

    /** Where a node is, or where its move has been bound to. */
    private static Optional<String> zoneOf(NodeStatus status) {
        Move move = status.failover();
        return Optional.ofNullable(move == null ? status.zone() : move.zone());
    }

    private static Map<String, ZoneStatus> abnormal(World world) {
        Duration coolDown = Durations.parse(world.spec().failover().zoneCoolDown());
        Duration window = Durations.parse(world.spec().failover().breaker().window());
        Map<String, ZoneStatus> abnormal = new TreeMap<>();
        for (ZoneStatus old : world.status().zones()) {
            Instant until = old.until();
            if (old.state() == ZoneStatus.State.Abnormal
                    && until != null
                    && world.now().isBefore(until)) {
                abnormal.put(old.name(), old);
            }
        }
        world.abnormalElsewhere().forEach((zone, until) -> {
            if (world.now().isBefore(until)) {
                abnormal.putIfAbsent(
                        zone, new ZoneStatus(zone, ZoneStatus.State.Abnormal, world.now(), until, "SeenElsewhere", 0));
            }
        });
        Map<String, List<Death>> byZone = new TreeMap<>();
        for (Death death : Deaths.all(world)) {
            if (death.at().isAfter(world.now().minus(window))) {
                byZone.computeIfAbsent(death.zone(), _ -> new ArrayList<>()).add(death);
            }
        }
        byZone.forEach((zone, deaths) -> {
            long dead = deaths.stream().map(Death::node).distinct().count();
            boolean silent = world.silentZones().contains(zone);
            if (dead >= 2 || silent) {
                mark(abnormal, zone, last(deaths).plus(coolDown), silent ? "MachinesSilent" : "NodesDied", world.now());
            }
        });
        failedPlacements(world).forEach((zone, attempts) -> {
            if (attempts.size() >= 2) {
                Instant last = attempts.stream().max(Instant::compareTo).orElse(world.now());
                mark(abnormal, zone, last.plus(coolDown), "PlacementsFailed", world.now());
            }
        });
        return abnormal;
    }

    private static void mark(Map<String, ZoneStatus> abnormal, String zone, Instant until, String reason, Instant now) {
        if (!now.isBefore(until)) {
            return;
        }
        ZoneStatus old = abnormal.get(zone);
        Instant oldUntil = old == null ? null : old.until();
        Instant since = old == null || old.since() == null ? now : old.since();
        Instant later = oldUntil != null && oldUntil.isAfter(until) ? oldUntil : until;
        abnormal.put(zone, new ZoneStatus(zone, ZoneStatus.State.Abnormal, since, later, reason, 0));
    }

    /** Zones that moves under way have excluded on top of the one they left: each stands for a failed placement. */
    private static Map<String, List<Instant>> failedPlacements(World world) {
        Map<String, List<Instant>> failed = new TreeMap<>();
        world.nodes().forEach(node -> {
            Move move = node.status().failover();
            if (move != null && move.attempt() > 1) {
                move.excludedZones().stream()
                        .filter(zone -> !zone.equals(move.fromZone()))
                        .forEach(zone -> failed.computeIfAbsent(zone, _ -> new ArrayList<>())
                                .add(move.startedAt()));
            }
        });
        return failed;
    }

    private static Instant last(List<Death> deaths) {
        return deaths.stream().map(Death::at).max(Instant::compareTo).orElseThrow();
    }

    /** The zones that a successor may not use: the abnormal ones and {@code more}, unless none would be left. */
    Exclusion exclude(Collection<String> more, Collection<String> machines) {
        Set<String> excluded = new LinkedHashSet<>(more);
        excluded.addAll(abnormal.keySet());
        if (usable.stream().anyMatch(zone -> !excluded.contains(zone))) {
            return new Exclusion(List.copyOf(excluded), List.of());
        }
        Set<String> wanted = new LinkedHashSet<>(more);
        if (usable.stream().anyMatch(zone -> !wanted.contains(zone))) {
            return new Exclusion(List.copyOf(wanted), List.of());
        }
        return new Exclusion(List.of(), List.copyOf(machines));
    }

    /** Zones, and where no other zone is left Kubernetes Nodes, that a successor may not use. */
    record Exclusion(List<String> zones, List<String> machines) {}

    /** How much the scheduler should like each usable zone: the fewer nodes it holds, the more. */
    Map<String, Integer> weights() {
        Map<String, Integer> weights = new TreeMap<>();
        int least = usable.stream()
                .mapToInt(zone -> nodes.getOrDefault(zone, 0))
                .min()
                .orElse(0);
        usable.stream()
                .filter(zone -> !zone.equals(io.tollkeeper.operator.Names.NO_ZONE))
                .forEach(zone -> weights.put(zone, weight(nodes.getOrDefault(zone, 0) - least)));
        return weights;
    }

    /** Steep, since the scheduler adds scores of its own: one node more must outweigh them. */
    private static int weight(int aboveLeast) {
        return switch (aboveLeast) {
            case 0 -> 100;
            case 1 -> 10;
            default -> 1;
        };
    }

    /** Whether no move for spread alone could make the spread more even. */
    boolean even() {
        Set<String> zones = new TreeSet<>(usable);
        zones.removeAll(abnormal.keySet());
        if (zones.isEmpty()) {
            return true;
        }
        int most = nodes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int least = zones.stream()
                .mapToInt(zone -> nodes.getOrDefault(zone, 0))
                .min()
                .orElse(0);
        return most - least <= 1;
    }

    List<ZoneStatus> report(World world) {
        Set<String> names = new TreeSet<>(usable);
        names.addAll(abnormal.keySet());
        names.addAll(nodes.keySet());
        Map<String, ZoneStatus> before = world.status().zones().stream()
                .collect(Collectors.toMap(ZoneStatus::name, zone -> zone, (one, _) -> one));
        List<ZoneStatus> report = new ArrayList<>();
        for (String name : names) {
            int count = nodes.getOrDefault(name, 0);
            ZoneStatus marked = abnormal.get(name);
            ZoneStatus.State state = marked != null
                    ? ZoneStatus.State.Abnormal
                    : usable.contains(name) ? ZoneStatus.State.Eligible : ZoneStatus.State.Ineligible;
            ZoneStatus old = before.get(name);
            Instant since = old != null && old.state() == state && old.since() != null ? old.since() : world.now();
            report.add(new ZoneStatus(
                    name,
                    state,
                    since,
                    marked == null ? null : marked.until(),
                    marked == null ? why(state, name) : marked.reason(),
                    count));
        }
        return report;
    }

    private @org.jspecify.annotations.Nullable String why(ZoneStatus.State state, String zone) {
        if (state != ZoneStatus.State.Ineligible) {
            return null;
        }
        return known.contains(zone) ? "NoReadyMachine" : "ZoneGone";
    }
}
