package io.tollkeeper.e2e;

import static java.util.Objects.requireNonNull;

import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.localcluster.CutMode;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The main job, told as it happens: three customers are metered on three billing nodes in three zones; a zone fails while
 * a node in it holds records that are on no chain yet; its successor takes over elsewhere; the zone comes back with the
 * old process still running; and the contract collects from all three, each by another condition.
 */
public final class Demo {
    private static final String BILLING_NODE = "demo";
    private static final int REPLICAS = 3;
    private static final String DEPOSIT_WEI = "1000000000000000000";
    private static final int PERIOD_SECONDS = 30;
    private static final int OFFLINE_AFTER_SECONDS = 20;
    private static final int OFFLINE_AFTER_LONG_SECONDS = 120;
    private static final Duration KUBELET_BACK_AFTER = Duration.ofSeconds(5);
    private static final Duration ACK_LIMIT = Duration.ofSeconds(30);
    private static final Duration MOVE_LIMIT = Duration.ofSeconds(90);
    private static final Duration COLLECT_LIMIT = Duration.ofSeconds(90);

    private final Workspace workspace;
    private final Narrator narrator;

    private Demo(Workspace workspace, Narrator narrator) {
        this.workspace = workspace;
        this.narrator = narrator;
    }

    /** Runs the demo; the one argument is its folder. Exit status 0 when every promise was kept. */
    public static void main(String[] arguments) throws Exception {
        var folder = arguments.length == 1 ? arguments[0] : "build/demo";
        var narrator = new Narrator(System.out);
        var workspace = Workspace.open(folder);
        var summary = new Demo(workspace, narrator).run();
        var broken = summary.brokenPromises();
        broken.forEach(fault -> narrator.say("BROKEN: %s", fault));
        System.exit(broken.isEmpty() ? 0 : 1);
    }

    private Summary run() throws Exception {
        narrator.chapter("A cluster with three zones, a chain, and the operator");
        try (var stage = Stage.open(workspace, narrator);
                var _ = new Traffic()) {
            return new Story(stage).tell();
        }
    }

    /** The demo from the moment that everything stands. */
    private final class Story {
        private final Stage stage;
        private final ChainView chain;
        private final Map<String, String> settledBy = new LinkedHashMap<>();

        Story(Stage stage) {
            this.stage = stage;
            this.chain = stage.chain();
        }

        Summary tell() throws Exception {
            narrator.chapter("Three billing nodes and three plans");
            var stopPlan = registerPlan("stop", "STOP", OFFLINE_AFTER_LONG_SECONDS, 1000);
            var offlinePlan = registerPlan("offline", "", OFFLINE_AFTER_SECONDS, 2000);
            var timePlan = registerPlan("time", "TIME", OFFLINE_AFTER_LONG_SECONDS, 3000);
            stage.publishPlans();
            stage.apply(stage.sample(BILLING_NODE));
            stage.awaitReady(BILLING_NODE, REPLICAS);
            for (var node : stage.status(BILLING_NODE).nodes()) {
                narrator.say("%s runs in %s, epoch %d is registered", node.name(), node.zone(), node.epoch());
            }

            narrator.chapter("Customers meter this machine's time and traffic");
            var anna = customer("anna", stopPlan, 0, List.of(0, 1, 2));
            var ben = customer("ben", offlinePlan, 1, List.of(1, 2, 0));
            anna.start();
            ben.start();
            narrator.say("anna pays when she signs off, ben when he falls silent; both are metered");
            narrator.say(
                    "anna's first record is acknowledged by %s",
                    anna.awaitNextAck(ACK_LIMIT).server());
            narrator.say(
                    "ben's first record is acknowledged by %s",
                    ben.awaitNextAck(ACK_LIMIT).server());

            var failing = nodeOf(anna.journal().lastAck().orElseThrow().server());
            var zombie = OldEpoch.remember(stage, failing);
            var cutAt = cutZoneOf(failing, zombie);
            var moved = awaitSuccessor(failing);
            var failover = describe(failing, moved, cutAt);

            narrator.chapter("A third customer, who has the successor first in his list");
            var cora = customer("cora", timePlan, 2, orderFrom(failing.index()));
            cora.start();
            var seen = cora.awaitNextAck(ACK_LIMIT);
            narrator.say("cora's first record is acknowledged by %s", seen.server());
            awaitAnchoredBy(moved, cora);

            narrator.chapter("The zone comes back, with the old process in it");
            var refused = zombieComesBack(zombie, failover.fromZone());

            narrator.chapter("Signing off, falling silent, going on");
            ben.awaitNextAck(ACK_LIMIT);
            ben.fallSilent();
            narrator.say("ben is gone (SIGKILL) after his last record was acknowledged");
            anna.awaitNextAck(ACK_LIMIT);
            anna.signOff();
            narrator.say("anna has signed off (SIGTERM): her STOP is acknowledged");
            collect("anna", anna);
            collect("ben", ben);
            awaitChargeByTime(cora);
            cora.signOff();
            narrator.say("cora has signed off; her plan knows no STOP, the rest is due at the period's end");
            collect("cora", cora);

            narrator.chapter("What the chain alone says of anna");
            readBack(anna);

            narrator.chapter("Summary");
            var summary = summarise(List.of(anna, ben, cora), anna, failover, refused);
            summary.writeTo(workspace.file("summary.json"));
            print(summary);
            return summary;
        }

        private PlanFile registerPlan(String name, String condition, int offlineAfter, int price) {
            var plan = stage.registerPlan(
                    name, PlanFile.of(stage.accounts().payeeAddress(), condition, PERIOD_SECONDS, offlineAfter, price));
            narrator.say(
                    "plan %s is registered: %s",
                    name,
                    switch (condition) {
                        case "STOP" -> "collected when the customer signs off";
                        case "TIME" -> "collected every " + PERIOD_SECONDS + " s";
                        default -> "collected after " + offlineAfter + " s of silence";
                    });
            return plan;
        }

        private Customer customer(String name, PlanFile plan, int payer, List<Integer> order) {
            var agreement = stage.openAgreement(name, plan, payer, DEPOSIT_WEI);
            var servers = stage.status(BILLING_NODE).servers();
            narrator.say("%s has an agreement, deposit paid in", name);
            return new Customer(
                    stage,
                    agreement,
                    order.stream().map(i -> servers.get(i).url()).toList());
        }

        private List<Integer> orderFrom(int first) {
            return IntStream.range(0, REPLICAS)
                    .mapToObj(i -> (first + i) % REPLICAS)
                    .toList();
        }

        private NodeStatus nodeOf(String url) {
            var server = stage.status(BILLING_NODE).servers().stream()
                    .filter(candidate -> candidate.url().equals(url))
                    .findFirst()
                    .orElseThrow();
            return stage.node(BILLING_NODE, server.name());
        }

        private Instant cutZoneOf(NodeStatus failing, OldEpoch zombie) {
            var zone = requireNonNull(failing.zone());
            narrator.chapter("Zone " + zone + " fails");
            Await.untilTrue(
                    failing.name() + " holds records that no anchor covers", ACK_LIMIT, zombie::holdsUnanchoredRecords);
            var cutAt = Instant.now();
            stage.cluster().cutZone(zone, CutMode.FREEZE);
            narrator.say(
                    "%s is cut off: its processes stand still, its Node is silent; %s holds records on no chain yet",
                    zone, failing.name());
            return cutAt;
        }

        private NodeStatus awaitSuccessor(NodeStatus failing) {
            var oldEpoch = failing.epoch();
            Await.untilTrue("the operator writes down that it moves " + failing.name(), MOVE_LIMIT, () -> {
                var node = stage.node(BILLING_NODE, failing.name());
                return node.failover() != null || node.epoch() > oldEpoch;
            });
            narrator.say("the operator has written down its intent: a new epoch of %s elsewhere", failing.name());
            var moved = Await.until(failing.name() + " is Ready and registered again", MOVE_LIMIT, () -> {
                var node = stage.node(BILLING_NODE, failing.name());
                return node.failover() == null
                                && node.epoch() > oldEpoch
                                && node.epoch().equals(node.registeredEpoch())
                                && stage.status(BILLING_NODE).readyReplicas() == REPLICAS
                        ? java.util.Optional.of(node)
                        : java.util.Optional.empty();
            });
            narrator.say(
                    "%s runs in %s as epoch %d; the chain has ended epoch %d",
                    moved.name(), moved.zone(), moved.epoch(), oldEpoch);
            return moved;
        }

        private Summary.Failover describe(NodeStatus before, NodeStatus after, Instant cutAt) {
            var times = MoveTimes.of(after);
            var failover = new Summary.Failover(
                    after.name(),
                    requireNonNull(before.zone()),
                    requireNonNull(after.zone()),
                    before.epoch(),
                    after.epoch(),
                    millis(cutAt, times.intent()),
                    millis(times.intent(), times.bound()),
                    millis(times.bound(), times.ready()),
                    millis(times.bound(), times.registered()),
                    millis(cutAt, times.ready().isAfter(times.registered()) ? times.ready() : times.registered()));
            narrator.say(
                    "cut to intent %d ms, to a place %d ms, to Ready %d ms; %d ms in all",
                    failover.detectMs(), failover.placeMs(), failover.startMs(), failover.totalMs());
            return failover;
        }

        private static long millis(Instant from, Instant to) {
            return Duration.between(from, to).toMillis();
        }

        private void awaitAnchoredBy(NodeStatus node, Customer customer) {
            var nodeId = Bytes32.fromHex(requireNonNull(node.nodeId()));
            Await.untilTrue(
                    node.name() + " has anchored a record of " + customer.name(),
                    ACK_LIMIT,
                    () -> customer.journal().anchored().stream()
                            .anyMatch(proof -> proof.get("nodeId").asText().equals(nodeId.hex())
                                    && proof.get("epoch").asLong() == node.epoch()));
            narrator.say("%s has anchored it, and %s has verified the proof", node.name(), customer.name());
        }

        private int zombieComesBack(OldEpoch zombie, String zone) {
            var awake = new Thread(() -> stage.cluster().healZone(zone, KUBELET_BACK_AFTER));
            awake.start();
            narrator.say(
                    "%s is back; the process of epoch %d wakes up where it stood, with the old key",
                    zone, zombie.epoch());
            var refused = zombie.refusedWrites(KUBELET_BACK_AFTER);
            if (refused > 0) {
                narrator.say("the contract refused %d write(s) of the old process: its key is ended", refused);
            } else {
                refused = zombie.tryToAnchorWithItsKey();
                narrator.say("the old process saw its lost Lease first and wrote nothing;");
                narrator.say(
                        "the demo itself signed one anchor with the old pod's key: the contract refused %d", refused);
            }
            try {
                awake.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return refused;
        }

        private void awaitChargeByTime(Customer customer) {
            var charge = Await.until(
                    customer.name() + " is collected at a period's end",
                    COLLECT_LIMIT,
                    () -> chain.charges(customer.agreement().id()).stream().findFirst());
            narrator.say(
                    "%s has paid %s at a period's end (%s), while the session goes on",
                    customer.name(), charge.delta(), charge.condition());
        }

        private void collect(String name, Customer customer) {
            var owed = customer.owes();
            Await.untilTrue(
                    name + " is charged " + owed + ", which is what the journal says",
                    COLLECT_LIMIT,
                    () -> chain.charged(customer.agreement().id()).compareTo(owed) >= 0);
            var last = chain.charges(customer.agreement().id()).getLast();
            settledBy.put(name, last.condition().name());
            narrator.say("%s has paid %s in all, by %s", name, last.charged(), last.condition());
        }

        private void readBack(Customer customer) {
            var newest = chain.anchoredRows().stream()
                    .filter(row ->
                            row.record().agreement().equals(customer.agreement().id()))
                    .reduce((first, second) ->
                            second.record().seq() > first.record().seq() ? second : first)
                    .orElseThrow();
            for (var counter : newest.record().body().counters()) {
                var meter = customer.agreement().plan().tariff().meters().stream()
                        .filter(candidate -> candidate.id() == counter.meterId())
                        .findFirst()
                        .orElseThrow();
                narrator.say("%-5s %,d %s", meter.name(), counter.cumulative(), meter.unit());
            }
            narrator.say(
                    "amount %s, record %d, signed by %s",
                    newest.record().amount(),
                    newest.record().seq(),
                    newest.signature()
                            .recover(chain.domain().digest(newest.record()))
                            .orElseThrow());
        }

        private Summary summarise(
                List<Customer> customers, Customer cutOff, Summary.Failover failover, int zombieWritesRefused) {
            var audit = Audit.of(stage, BILLING_NODE, customers);
            return new Summary(
                    audit.accepted(),
                    audit.anchored(),
                    audit.accepted() - audit.anchored(),
                    audit.chargedTooMuch(),
                    audit.expected().toString(),
                    audit.collected().toString(),
                    settledBy,
                    failover,
                    cutOff.longestGapMillis(),
                    zombieWritesRefused,
                    narrator.sinceStart().toMillis());
        }

        private void print(Summary summary) {
            row("records accepted", summary.recordsAccepted());
            row("records proven on the chain", summary.recordsAnchored());
            row("records lost", summary.recordsLost());
            row("agreements charged too much", summary.chargesDoubled());
            row("expected, by the journals", summary.amountExpected());
            row("collected by the contract", summary.amountCollected());
            summary.settledBy().forEach((name, condition) -> row(name + " was collected by", condition));
            row(
                    summary.failover().node() + " moved",
                    summary.failover().fromZone() + " to " + summary.failover().toZone() + " in "
                            + summary.failover().totalMs() + " ms");
            row("anna's longest gap", summary.clientGapMs() + " ms");
            row("writes of the old key refused", summary.zombieWritesRefused());
            row("duration", summary.durationMs() / 1000 + " s");
        }

        private void row(String what, Object value) {
            System.out.printf("  %-30s %s%n", what, value);
        }
    }

    /** Sum of amounts. */
    static BigInteger sum(java.util.stream.Stream<BigInteger> amounts) {
        return amounts.reduce(BigInteger.ZERO, BigInteger::add);
    }
}
