package io.tollkeeper.operator.decide;

import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.observe.Death;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The deaths that count against a zone, rebuilt from statuses alone. */
public final class Deaths {
    private Deaths() {}

    /** What a status remembers: the moves that run, and the history. */
    public static List<Death> remembered(String namespace, BillingNodeStatus status) {
        List<Death> deaths = new ArrayList<>();
        for (NodeStatus node : status.nodes()) {
            String name = namespace + "/" + node.name();
            Move move = node.failover();
            if (move != null && move.fromZone() != null && suspect(move.reason())) {
                deaths.add(new Death(name, move.fromZone(), move.startedAt()));
            }
            for (NodeStatus.Past past : node.history()) {
                if (past.fromZone() != null && suspect(past.reason())) {
                    deaths.add(new Death(name, past.fromZone(), past.startedAt()));
                }
            }
        }
        return deaths;
    }

    /** What this BillingNode remembers and what it sees now. */
    static List<Death> own(World world) {
        List<Death> deaths = new ArrayList<>(remembered(world.namespace(), world.status()));
        for (NodeFacts node : world.nodes()) {
            NodeStatus status = node.status();
            String zone = status.zone();
            if (status.failover() == null && status.removal() == null && status.epoch() > 0 && zone != null) {
                Judgement judgement = Judge.judge(world, node);
                if (judgement.reason().map(Reason::zoneSuspect).orElse(false)) {
                    Instant since = status.verdict() == judgement.verdict() && status.since() != null
                            ? status.since()
                            : world.now();
                    deaths.add(new Death(world.namespace() + "/" + status.name(), zone, since));
                }
            }
        }
        return deaths;
    }

    /** Those of every BillingNode. */
    static List<Death> all(World world) {
        List<Death> deaths = new ArrayList<>(own(world));
        deaths.addAll(world.elsewhere());
        return deaths;
    }

    private static boolean suspect(String reason) {
        return Reason.first(reason).map(Reason::zoneSuspect).orElse(false);
    }
}
