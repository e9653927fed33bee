package io.tollkeeper.operator.decide;

import static io.tollkeeper.operator.decide.Worlds.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.BillingNodeStatus.BreakerStatus;
import io.tollkeeper.api.BillingNodeStatus.ZoneStatus;
import io.tollkeeper.api.Move;
import io.tollkeeper.api.MovePhase;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.Verdict;
import io.tollkeeper.operator.observe.Death;
import io.tollkeeper.operator.observe.PodFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecideTest {
    private static final PodFacts SUCCESSOR = Worlds.pod("shop-n0", 2, "zone-b-1");

    // ---- beginning

    @Test
    void aNewBillingNodeFirstOnlyWritesDownWhatItWillDo() {
        Plan plan = Decide.plan(Worlds.empty().build());
        assertThat(plan.nodes()).allSatisfy(node -> {
            assertThat(node.actions()).isEmpty();
            assertThat(move(node).phase()).isEqualTo(MovePhase.CUT);
            assertThat(move(node).reason()).isEqualTo("Created");
            assertThat(move(node).epoch()).isEqualTo(1);
        });
    }

    @Test
    void aFirstEpochIsAboveWhatTheChainRemembersOfAnEarlierNodeOfThatName() {
        Plan plan =
                Decide.plan(Worlds.empty().chain(0, Worlds.registered(0, 41)).build());
        assertThat(move(plan.nodes().get(0)).epoch()).isEqualTo(42);
    }

    @Test
    void nothingIsPlacedBeforeTheChainWasAsked() {
        Plan plan = Decide.plan(Worlds.empty().chainNotHeard(0).build());
        assertThat(next(plan, 0).failover()).isNull();
        assertThat(plan.nodes().get(0).chainTask()).contains(new ChainTask.Look(0));
    }

    @Test
    void aChainThatDoesNotAnswerDelaysNothing() {
        Plan plan = Decide.plan(Worlds.empty().chain(0, Worlds.silence()).build());
        assertThat(move(plan.nodes().get(0)).epoch()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"obstacle", "paused"})
    void nothingBeginsWhereItMayNot(String why) {
        Worlds worlds = Worlds.empty();
        Plan plan = Decide.plan(
                why.equals("paused")
                        ? worlds.spec("{\"replicas\":3,\"paused\":{\"enabled\":true,\"reason\":\"audit\"}}")
                                .build()
                        : worlds.obstacle("ChainUnknown").build());
        assertThat(plan.nodes()).allSatisfy(node -> {
            assertThat(node.actions()).isEmpty();
            assertThat(node.next().orElseThrow().failover()).isNull();
        });
    }

    @Test
    void nodesArePlacedOneAfterAnotherSoThatEachSeesWhereTheOthersWent() {
        Worlds worlds = Worlds.empty();
        for (int i = 0; i < 3; i++) {
            worlds.nodeStatus(i, status -> status.toBuilder()
                    .failover(created(status, MovePhase.CUT, null))
                    .build());
        }
        Plan plan = Decide.plan(worlds.build());
        assertThat(plan.nodes().stream().map(node -> move(node).phase()).toList())
                .containsExactly(MovePhase.PLACE, MovePhase.CUT, MovePhase.CUT);
        worlds.nodeStatus(0, status -> status.toBuilder()
                .failover(created(status, MovePhase.PLACE, NOW.plusSeconds(20)))
                .build());
        assertThat(phases(worlds, NOW.plusSeconds(2)))
                .as("the first is not bound yet")
                .containsExactly(MovePhase.PLACE, MovePhase.CUT, MovePhase.CUT);
        assertThat(phases(worlds, NOW.plusSeconds(3)))
                .as("the first cannot be bound; the others do not wait for it")
                .containsExactly(MovePhase.PLACE, MovePhase.PLACE, MovePhase.CUT);
    }

    @Test
    void theEmptiestZonesAreLikedMost() {
        Worlds worlds = Worlds.healthy().spec("{\"replicas\":3}").nodeStatus(2, status -> status.toBuilder()
                .failover(created(status, MovePhase.PLACE, NOW.plusSeconds(20)))
                .build());
        worlds.pods(2);
        Action.CreateEpoch create = only(Decide.plan(worlds.build()).nodes().get(2), Action.CreateEpoch.class);
        assertThat(create.placement().zoneWeights())
                .containsEntry("zone-a", 10)
                .containsEntry("zone-b", 10)
                .containsEntry("zone-c", 100);
    }

    // ---- dying

    @Test
    void aDeadNodesMoveIsFirstWrittenAndNotYetDone() {
        NodePlan plan = Decide.plan(Worlds.healthy().dead(0).build()).nodes().get(0);
        assertThat(plan.actions()).isEmpty();
        assertThat(move(plan))
                .returns(MovePhase.CUT, Move::phase)
                .returns(2L, Move::epoch)
                .returns("LeaseStale", Move::reason)
                .returns("zone-a", Move::fromZone)
                .returns(List.of("zone-a"), Move::excludedZones)
                .returns(NOW, Move::startedAt)
                .returns(NOW.minus(Worlds.STALE), Move::lastSeenAt);
        assertThat(plan.next().orElseThrow().verdict())
                .as("a node in a move has no verdict")
                .isNull();
        assertThat(plan.next().orElseThrow().epoch())
                .as("the old epoch is still the serving one")
                .isEqualTo(1);
    }

    @ParameterizedTest(name = "highest status epoch {0}, pod epoch {1}, chain epoch {2}: {3}")
    @CsvSource({"1, 1, 1, 2", "1, 7, 1, 8", "1, 1, 9, 10", "5, 1, 0, 6"})
    void aNewEpochIsAboveEverythingThatAnybodyHasSeen(long status, long pod, long chain, long expected) {
        Worlds worlds = Worlds.healthy().nodeStatus(0, old -> old.toBuilder()
                .serving(status, Worlds.signer(0, status), "zone-a", "zone-a-1", "x")
                .build());
        worlds.pods(0, Worlds.pod("shop-n0", status, "zone-a-1"), Worlds.pod("shop-n0", pod, "zone-a-1"));
        worlds.chain(0, chain == 0 ? Worlds.silence() : Worlds.registered(0, chain))
                .dead(0);
        NodePlan plan = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(move(plan).epoch()).isEqualTo(expected);
    }

    @Test
    void aDeletedPodIsReplacedWithoutBlamingItsZone() {
        NodePlan plan = Decide.plan(Worlds.healthy().pods(0).build()).nodes().get(0);
        assertThat(move(plan).reason()).isEqualTo("PodGone");
        assertThat(move(plan).excludedZones()).isEmpty();
    }

    @Test
    void whereNoOtherZoneIsLeftAnotherMachineOfTheSameZoneIsUsed() {
        Worlds worlds = Worlds.healthy()
                .machine("zone-b-1", "zone-b", true, false)
                .machine("zone-c-1", "zone-c", true, false)
                .machine("zone-a-2", "zone-a", true, true)
                .spec("{\"replicas\":1}")
                .dead(0);
        Move move = move(Decide.plan(worlds.build()).nodes().get(0));
        assertThat(move.excludedZones()).isEmpty();
        assertThat(move.excludedNodes()).containsExactly("zone-a-1");
    }

    @Test
    void aCutOffNodeIsLeftWhereItIs() {
        NodePlan plan = Decide.plan(Worlds.healthy()
                        .dead(0)
                        .probe(0, io.tollkeeper.operator.observe.ProbeAnswer.ANSWERS)
                        .build())
                .nodes()
                .get(0);
        assertThat(plan.next().orElseThrow().failover()).isNull();
        assertThat(plan.next().orElseThrow().verdict()).isEqualTo(Verdict.CUT_OFF);
    }

    @Test
    void nothingMovesWhileTheApiServerIsAway() {
        Plan plan = Decide.plan(
                Worlds.healthy().dead(0).dead(1).dead(2).clockStopped().build());
        assertThat(plan.nodes()).allSatisfy(node -> {
            assertThat(node.actions()).isEmpty();
            assertThat(node.next().orElseThrow())
                    .returns(null, NodeStatus::failover)
                    .returns(Verdict.ALIVE, NodeStatus::verdict);
        });
        assertThat(plan.breaker().open()).isFalse();
    }

    @ParameterizedTest(name = "delay {0}, dead for {1} s: moves {2}")
    @CsvSource({"0s, 0, true", "30s, 29, false", "30s, 30, true"})
    void aMoveWaitsForTheDelay(String delay, long deadSeconds, boolean moves) {
        Worlds worlds = Worlds.healthy()
                .dead(0)
                .spec("{\"replicas\":3,\"failover\":{\"delay\":\"%s\"}}".formatted(delay))
                .nodeStatus(0, status -> status.toBuilder()
                        .verdict(Verdict.DEAD, NOW.minusSeconds(deadSeconds), null)
                        .build());
        assertThat(next(Decide.plan(worlds.build()), 0).failover() != null).isEqualTo(moves);
    }

    @ParameterizedTest(name = "{0} earlier moves, dead for {1} s: moves {2}")
    @CsvSource({"0, 0, true", "1, 9, false", "1, 10, true", "2, 19, false", "2, 20, true", "4, 79, false", "4, 80, true"
    })
    void aNodeThatDiesAgainAndAgainWaitsLonger(int earlier, long deadSeconds, boolean moves) {
        Worlds worlds = Worlds.healthy().dead(0).nodeStatus(0, status -> {
            List<NodeStatus.Past> history = new ArrayList<>();
            for (int i = 0; i < earlier; i++) {
                Instant began = NOW.minusSeconds(600L + 60L * i);
                history.add(new NodeStatus.Past(
                        1L,
                        null,
                        "zone-a",
                        null,
                        began,
                        null,
                        "PodFailed",
                        "zone-a",
                        null,
                        began,
                        began,
                        began,
                        null,
                        null));
            }
            return status.toBuilder()
                    .history(history)
                    .verdict(Verdict.DEAD, NOW.minusSeconds(deadSeconds), null)
                    .build();
        });
        assertThat(next(Decide.plan(worlds.build()), 0).failover() != null).isEqualTo(moves);
    }

    @Test
    void whileThePauseLastsTheDeadStayDeadAndRunningMovesEnd() {
        Worlds worlds = Worlds.healthy()
                .spec("{\"replicas\":3,\"paused\":{\"enabled\":true,\"reason\":\"audit\"}}")
                .dead(1)
                .nodeStatus(
                        0,
                        status -> status.toBuilder().failover(starting(status)).build());
        worlds.pods(0, SUCCESSOR);
        Plan plan = Decide.plan(worlds.build());
        assertThat(next(plan, 1).failover()).isNull();
        assertThat(next(plan, 1).verdict()).isEqualTo(Verdict.DEAD);
        assertThat(move(plan.nodes().get(0)).phase()).isEqualTo(MovePhase.CLOSE);
    }

    // ---- restraint

    @Test
    void allNodesOfOneZoneMoveTogether() {
        Worlds worlds = Worlds.healthy().dead(0).dead(1).nodeStatus(1, status -> status.toBuilder()
                .serving(1, Worlds.signer(1, 1), "zone-a", "zone-a-1", "shop-n1-e1")
                .build());
        Plan plan = Decide.plan(worlds.build());
        assertThat(plan.breaker().open()).isFalse();
        assertThat(next(plan, 0).failover()).isNotNull();
        assertThat(next(plan, 1).failover()).isNotNull();
    }

    @Test
    void deadNodesInTwoZonesOpenTheBreakerAndNobodyMoves() {
        Plan plan = Decide.plan(Worlds.healthy().dead(0).dead(1).build());
        assertThat(plan.breaker().open()).isTrue();
        assertThat(plan.breaker().until()).isEqualTo(NOW.plusSeconds(120));
        assertThat(next(plan, 0).failover()).isNull();
        assertThat(next(plan, 1).failover()).isNull();
    }

    @Test
    void theOwnerMayAllowMoreZones() {
        Plan plan = Decide.plan(Worlds.healthy()
                .spec("{\"replicas\":3,\"failover\":{\"breaker\":{\"maxZones\":2}}}")
                .dead(0)
                .dead(1)
                .build());
        assertThat(plan.breaker().open())
                .as("two of three nodes are too few to count as half")
                .isFalse();
        assertThat(next(plan, 0).failover()).isNotNull();
    }

    @Test
    void moreThanHalfOfAtLeastThreeOpenTheBreakerWhateverTheZonesAllowed() {
        Plan plan = Decide.plan(Worlds.healthy()
                .spec("{\"replicas\":3,\"failover\":{\"breaker\":{\"maxZones\":3}}}")
                .dead(0)
                .dead(1)
                .dead(2)
                .build());
        assertThat(plan.breaker().open()).isTrue();
    }

    @ParameterizedTest(name = "{0} s after the last death: open {1}")
    @CsvSource({"0, true", "119, true", "120, false"})
    void theBreakerClosesAfterAQuietWindow(long seconds, boolean open) {
        BillingNodeStatus before = new BillingNodeStatus(
                null,
                0,
                0,
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new BreakerStatus(true, "BillingNode", "two zones", NOW.plusSeconds(120)));
        Worlds worlds = Worlds.healthy().status(before).at(NOW.plusSeconds(seconds));
        assertThat(Decide.plan(worlds.build()).breaker().open()).isEqualTo(open);
    }

    @Test
    void onceTheBreakerIsClosedTheNodesThatStayedDeadMove() {
        Worlds worlds = Worlds.healthy().dead(0).dead(1);
        for (int i = 0; i < 2; i++) {
            worlds.nodeStatus(i, status -> status.toBuilder()
                    .verdict(Verdict.DEAD, NOW.minusSeconds(120), null)
                    .build());
        }
        Plan plan = Decide.plan(worlds.build());
        assertThat(plan.breaker().open()).isFalse();
        assertThat(next(plan, 0).failover()).isNotNull();
        assertThat(next(plan, 1).failover()).isNotNull();
    }

    @Test
    void twoDeathsInAZoneMakeItAbnormalForEveryBillingNode() {
        Worlds worlds = Worlds.healthy()
                .pods(0)
                .diedElsewhere(new Death("billing/other-n0", "zone-b", NOW.minusSeconds(30)))
                .diedElsewhere(new Death("billing/other-n1", "zone-b", NOW.minusSeconds(20)));
        Plan plan = Decide.plan(worlds.build());
        assertThat(plan.zones())
                .filteredOn(zone -> zone.name().equals("zone-b"))
                .singleElement()
                .returns(ZoneStatus.State.Abnormal, ZoneStatus::state)
                .returns(NOW.minusSeconds(20).plusSeconds(300), ZoneStatus::until);
        assertThat(move(plan.nodes().get(0)).excludedZones()).containsExactly("zone-b");
    }

    @Test
    void oneDeathInASilentZoneIsEnough() {
        Plan plan = Decide.plan(Worlds.healthy()
                .diedElsewhere(new Death("billing/other-n0", "zone-b", NOW.minusSeconds(30)))
                .silentZones("zone-b")
                .build());
        assertThat(plan.zones())
                .filteredOn(zone -> zone.state() == ZoneStatus.State.Abnormal)
                .extracting(ZoneStatus::name, ZoneStatus::reason)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("zone-b", "MachinesSilent"));
    }

    @ParameterizedTest(name = "{0} s before the end of the cool-down: {1}")
    @CsvSource({"1, Abnormal", "0, Eligible"})
    void anAbnormalZoneIsTriedAgainAfterTheCoolDown(long secondsLeft, ZoneStatus.State expected) {
        BillingNodeStatus before = new BillingNodeStatus(
                null,
                0,
                0,
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(new ZoneStatus(
                        "zone-a",
                        ZoneStatus.State.Abnormal,
                        NOW.minusSeconds(300),
                        NOW.plusSeconds(secondsLeft),
                        "NodesDied",
                        0)),
                BreakerStatus.CLOSED);
        assertThat(Decide.plan(Worlds.healthy().status(before).build()).zones())
                .filteredOn(zone -> zone.name().equals("zone-a"))
                .singleElement()
                .returns(expected, ZoneStatus::state);
    }

    // ---- moving

    @Test
    void cuttingTakesServiceAndLeaseFromTheOldEpoch() {
        Worlds worlds = Worlds.healthy().nodeStatus(0, status -> status.toBuilder()
                .failover(move(status, MovePhase.CUT, null))
                .build());
        NodePlan plan = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(plan.actions())
                .containsExactly(new Action.Ensure("shop-n0", 0, 2), new Action.HandLease("shop-n0", "shop-n0-e2"));
        assertThat(move(plan).phase()).isEqualTo(MovePhase.PLACE);
        assertThat(move(plan).deadline()).isEqualTo(NOW.plusSeconds(20));
    }

    @Test
    void placingMakesKeyAndPodAndWaitsUntilItIsBound() {
        Worlds worlds = placing();
        Action.CreateEpoch create = only(Decide.plan(worlds.build()).nodes().get(0), Action.CreateEpoch.class);
        assertThat(create.epoch()).isEqualTo(2);
        assertThat(create.placement().excludedZones()).containsExactly("zone-a");
        worlds.pods(0, Worlds.pod("shop-n0", 1, "zone-a-1"), Worlds.pod("shop-n0", 2, null));
        NodePlan waiting = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(waiting.actions()).isEmpty();
        assertThat(waiting.wake()).contains(NOW.plusSeconds(5));
        worlds.pods(0, Worlds.pod("shop-n0", 1, "zone-a-1"), Worlds.unready(SUCCESSOR));
        Move bound = move(Decide.plan(worlds.build()).nodes().get(0));
        assertThat(bound)
                .returns(MovePhase.START, Move::phase)
                .returns("zone-b", Move::zone)
                .returns("zone-b-1", Move::nodeName)
                .returns(NOW, Move::boundAt)
                .returns(Worlds.signer(0, 2), Move::signer)
                .returns(NOW.plusSeconds(180), Move::deadline);
    }

    @Test
    void aMissedPlacementIsANewAttemptWithANewEpochAfterTheBackOff() {
        Worlds worlds = placing().at(NOW.plusSeconds(5));
        worlds.pods(0, Worlds.pod("shop-n0", 1, "zone-a-1"), Worlds.pod("shop-n0", 2, null));
        Move again = move(Decide.plan(worlds.build()).nodes().get(0));
        assertThat(again)
                .returns(MovePhase.CUT, Move::phase)
                .returns(3L, Move::epoch)
                .returns(2, Move::attempt)
                .returns(NOW.plusSeconds(15), Move::nextAttemptAt);
        assertThat(again.reason()).startsWith("LeaseStale; attempt 1:");
        NodePlan early = Decide.plan(worlds.nodeStatus(
                                0, status -> status.toBuilder().failover(again).build())
                        .build())
                .nodes()
                .get(0);
        assertThat(early.actions()).isEmpty();
        NodePlan later =
                Decide.plan(worlds.at(NOW.plusSeconds(15)).build()).nodes().get(0);
        assertThat(later.actions())
                .contains(new Action.DeleteEpochs("shop-n0", List.of(2L), false))
                .contains(new Action.HandLease("shop-n0", "shop-n0-e3"));
    }

    @Test
    void aPodThatNoKubeletTakesCountsAgainstItsZone() {
        Worlds worlds = Worlds.healthy().at(NOW.plusSeconds(20)).nodeStatus(0, status -> status.toBuilder()
                .failover(starting(status))
                .build());
        worlds.pods(0, Worlds.untaken(SUCCESSOR));
        Move again = move(Decide.plan(worlds.build()).nodes().get(0));
        assertThat(again.excludedZones()).containsExactly("zone-a", "zone-b");
        assertThat(again.epoch()).isEqualTo(3);
    }

    @Test
    void aPodThatDoesNotGetReadyIsTriedAgainWithoutBlamingItsZone() {
        Worlds worlds = Worlds.healthy().at(NOW.plusSeconds(180)).nodeStatus(0, status -> status.toBuilder()
                .failover(starting(status))
                .build());
        worlds.pods(0, Worlds.unready(SUCCESSOR));
        assertThat(move(Decide.plan(worlds.build()).nodes().get(0)).excludedZones())
                .containsExactly("zone-a");
    }

    @Test
    void aSuccessorWhoseMachineFallsSilentIsTriedElsewhereAtOnce() {
        Worlds worlds = Worlds.healthy()
                .machine("zone-b-1", "zone-b", false, false)
                .nodeStatus(
                        0,
                        status -> status.toBuilder().failover(starting(status)).build());
        worlds.pods(0, Worlds.unready(SUCCESSOR));
        assertThat(move(Decide.plan(worlds.build()).nodes().get(0)).excludedZones())
                .containsExactly("zone-a", "zone-b");
    }

    @Test
    void registrationRunsBesideFromBindingOn() {
        Worlds worlds = Worlds.healthy().nodeStatus(0, status -> status.toBuilder()
                .failover(starting(status))
                .build());
        worlds.pods(0, Worlds.unready(SUCCESSOR));
        assertThat(Decide.plan(worlds.build()).nodes().get(0).chainTask())
                .contains(new ChainTask.Register(0, 2, Worlds.signer(0, 2), "zone-b"));
    }

    @Test
    void anEpochThatTheChainHasPassedIsANewAttempt() {
        Worlds worlds = Worlds.healthy().chain(0, Worlds.registered(0, 9)).nodeStatus(0, status -> status.toBuilder()
                .failover(starting(status))
                .build());
        worlds.pods(0, SUCCESSOR);
        assertThat(move(Decide.plan(worlds.build()).nodes().get(0)))
                .returns(10L, Move::epoch)
                .returns(NOW, Move::nextAttemptAt);
    }

    @Test
    void aServingEpochThatTheChainHasPassedMoves() {
        Worlds worlds = Worlds.healthy().chain(0, Worlds.registered(0, 4));
        assertThat(move(Decide.plan(worlds.build()).nodes().get(0)))
                .returns(5L, Move::epoch)
                .returns("EpochPassed", Move::reason)
                .returns(List.of(), Move::excludedZones);
    }

    @Test
    void closingDeletesWhatIsLeftAndWritesTheHistory() {
        Worlds worlds = Worlds.healthy().nodeStatus(0, status -> status.toBuilder()
                .failover(starting(status).ready(NOW))
                .build());
        worlds.pods(0, Worlds.pod("shop-n0", 1, "zone-a-1"), SUCCESSOR);
        NodePlan plan = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(plan.actions()).contains(new Action.DeleteEpochs("shop-n0", List.of(1L), false));
        NodeStatus settled = plan.next().orElseThrow();
        assertThat(settled.failover()).isNull();
        assertThat(settled.epoch()).isEqualTo(2);
        assertThat(settled.zone()).isEqualTo("zone-b");
        assertThat(settled.history()).hasSize(2);
        assertThat(settled.history().get(0))
                .returns(2L, NodeStatus.Past::epoch)
                .returns("zone-a", NodeStatus.Past::fromZone)
                .returns(NOW, NodeStatus.Past::readyAt)
                .returns(NOW, NodeStatus.Past::boundAt);
        assertThat(settled.history().get(1).until()).isEqualTo(NOW);
    }

    @ParameterizedTest(name = "{0}: forced {1}")
    @CsvSource({"Wait, false", "ForceDelete, true"})
    void thePodOfAnUnreachableMachineIsForcedOnlyIfTheOwnerSaysSo(String policy, boolean forced) {
        Worlds worlds = Worlds.healthy()
                .spec("{\"replicas\":3,\"failover\":{\"unreachablePodPolicy\":\"%s\"}}".formatted(policy))
                .nodeStatus(0, status -> status.toBuilder()
                        .failover(starting(status).ready(NOW))
                        .build());
        worlds.pods(0, Worlds.pod("shop-n0", 1, "zone-a-1"), SUCCESSOR);
        assertThat(only(Decide.plan(worlds.build()).nodes().get(0), Action.DeleteEpochs.class)
                        .force())
                .isEqualTo(forced);
    }

    @Test
    void aPodStuckTerminatingBlocksNothing() {
        Worlds worlds = Worlds.healthy().nodeStatus(0, status -> status.toBuilder()
                .serving(2, Worlds.signer(0, 2), "zone-b", "zone-b-1", "shop-n0-e2")
                .build());
        worlds.chain(0, Worlds.registered(0, 2));
        worlds.pods(0, Worlds.terminating(Worlds.pod("shop-n0", 1, "zone-a-1")), SUCCESSOR);
        NodePlan plan = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(plan.next().orElseThrow().verdict()).isEqualTo(Verdict.ALIVE);
        assertThat(plan.actions()).noneMatch(Action.DeleteEpochs.class::isInstance);
    }

    @Test
    void aLeaseThatNobodyHoldsIsHandedBackToTheServingPod() {
        Worlds worlds = Worlds.healthy().nodeStatus(0, status -> status);
        NodePlan held = Decide.plan(worlds.build()).nodes().get(0);
        assertThat(held.actions()).noneMatch(Action.HandLease.class::isInstance);
        var node = worlds.get(0);
        var free = new io.tollkeeper.operator.observe.NodeFacts(
                node.status(),
                node.pods(),
                new io.tollkeeper.operator.observe.LeaseFacts(true, java.util.Optional.empty(), Worlds.FRESH, NOW),
                node.probe(),
                node.chain());
        var world = worlds.build();
        NodePlan plan = Serving.plan(world, free, ZoneView.of(world), BreakerStatus.CLOSED);
        assertThat(plan.actions()).contains(new Action.HandLease("shop-n0", "shop-n0-e1"));
    }

    // ---- fewer nodes

    @Test
    void aNodeTooManyEndsDrainsIsFencedAndGoes() {
        Worlds worlds = Worlds.healthy().spec("{\"replicas\":2}");
        NodeStatus.Removal removal =
                Objects.requireNonNull(next(Decide.plan(worlds.build()), 2).removal());
        assertThat(removal.deadline()).isEqualTo(NOW.plusSeconds(120));
        worlds.nodeStatus(2, status -> status.toBuilder().removal(removal).build());
        NodePlan ending = Decide.plan(worlds.build()).nodes().get(2);
        assertThat(ending.actions()).containsExactly(new Action.DeleteEpochs("shop-n2", List.of(1L), false));
        assertThat(ending.chainTask()).as("not fenced while it drains").isEmpty();
        worlds.pods(2);
        assertThat(Decide.plan(worlds.build()).nodes().get(2).chainTask()).contains(new ChainTask.Fence(2));
        worlds.chain(2, ended(2));
        NodePlan gone = Decide.plan(worlds.build()).nodes().get(2);
        assertThat(gone.actions()).containsExactly(new Action.RemoveNode("shop-n2"));
        assertThat(gone.next()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotEndIsFencedAtItsDeadline() {
        Worlds worlds = Worlds.healthy().spec("{\"replicas\":2}").at(NOW.plusSeconds(120));
        worlds.nodeStatus(2, status -> status.toBuilder()
                .removal(new NodeStatus.Removal(NOW, NOW.plusSeconds(120)))
                .build());
        worlds.pods(2, Worlds.terminating(Worlds.pod("shop-n2", 1, "zone-c-1")));
        assertThat(Decide.plan(worlds.build()).nodes().get(2).chainTask()).contains(new ChainTask.Fence(2));
    }

    // ---- help

    static io.tollkeeper.operator.observe.ChainFacts ended(int index) {
        return new io.tollkeeper.operator.observe.ChainFacts(
                "0xid" + index, true, 1, Worlds.signer(index, 1), false, 7, NOW, java.util.Optional.empty());
    }

    private static Worlds placing() {
        return Worlds.healthy().nodeStatus(0, status -> status.toBuilder()
                .failover(move(status, MovePhase.PLACE, NOW.plusSeconds(5)))
                .build());
    }

    private static Move move(NodeStatus status, MovePhase phase, @org.jspecify.annotations.Nullable Instant deadline) {
        return new Move(
                phase,
                2L,
                null,
                "LeaseStale",
                status.zone(),
                status.nodeName(),
                List.of("zone-a"),
                List.of(),
                NOW,
                NOW,
                deadline,
                1,
                null,
                null,
                null,
                null,
                null);
    }

    private static Move created(
            NodeStatus status, MovePhase phase, @org.jspecify.annotations.Nullable Instant deadline) {
        return new Move(
                phase,
                status.epoch() + 1,
                null,
                "Created",
                null,
                null,
                List.of(),
                List.of(),
                null,
                NOW,
                deadline,
                1,
                null,
                null,
                null,
                null,
                null);
    }

    private static Move starting(NodeStatus status) {
        return move(status, MovePhase.PLACE, NOW.plusSeconds(20))
                .bound(Worlds.signer(0, 2), "zone-b", "zone-b-1", NOW, NOW.plusSeconds(180));
    }

    private static List<MovePhase> phases(Worlds worlds, Instant at) {
        return Decide.plan(worlds.at(at).build()).nodes().stream()
                .map(node -> move(node).phase())
                .toList();
    }

    private static Move move(NodePlan plan) {
        return Objects.requireNonNull(plan.next().orElseThrow().failover());
    }

    private static NodeStatus next(Plan plan, int index) {
        return plan.nodes().get(index).next().orElseThrow();
    }

    private static <T extends Action> T only(NodePlan plan, Class<T> type) {
        return plan.actions().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((_, _) -> {
                    throw new AssertionError("more than one " + type.getSimpleName());
                })
                .orElseThrow();
    }
}
