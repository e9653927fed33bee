package io.tollkeeper.operator.decide;

import static io.tollkeeper.operator.decide.Worlds.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.operator.observe.World;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeletionTest {
    @Test
    void podsEndFirstAndNothingIsFencedWhileTheyDrain() {
        Deletion deletion = plan(Worlds.healthy().build(), false);
        assertThat(deletion.actions()).hasSize(3).allMatch(Action.DeleteEpochs.class::isInstance);
        assertThat(deletion.fence()).isEmpty();
        assertThat(deletion.done()).isFalse();
    }

    @Test
    void eachNodeIsFencedWhenItsPodIsGone() {
        Deletion deletion = plan(Worlds.healthy().pods(1).build(), false);
        assertThat(deletion.fence()).containsExactly(new ChainTask.Fence(1));
        assertThat(deletion.done()).isFalse();
    }

    @Test
    void atTheDeadlineAllAreFencedWhateverBecameOfTheirPods() {
        World world = Worlds.healthy().at(NOW.plusSeconds(120)).build();
        Deletion deletion = plan(world, false);
        assertThat(deletion.fence())
                .containsExactly(new ChainTask.Fence(0), new ChainTask.Fence(1), new ChainTask.Fence(2));
        assertThat(deletion.done())
                .as("the fences have a little time of their own")
                .isFalse();
    }

    @Test
    void aChainThatStaysAwayDoesNotHoldTheBillingNodeForEver() {
        Worlds worlds = Worlds.healthy().at(NOW.plusSeconds(135));
        for (int i = 0; i < 3; i++) {
            worlds.pods(i).chain(i, Worlds.silence());
        }
        Deletion deletion = plan(worlds.build(), false);
        assertThat(deletion.done()).isTrue();
        assertThat(deletion.unfenced()).containsExactly("shop-n0", "shop-n1", "shop-n2");
    }

    @Test
    void itIsDoneWhenAllPodsAreGoneAndTheChainShowsEveryFence() {
        Worlds worlds = Worlds.healthy();
        for (int i = 0; i < 3; i++) {
            worlds.pods(i).chain(i, DecideTest.ended(i));
        }
        Deletion deletion = plan(worlds.build(), false);
        assertThat(deletion.done()).isTrue();
        assertThat(deletion.unfenced()).isEmpty();
    }

    @Test
    void whatWasNeverRegisteredNeedsNoFence() {
        Deletion deletion = plan(Worlds.empty().build(), false);
        assertThat(deletion).isEqualTo(new Deletion(List.of(), List.of(), List.of(), true));
    }

    @Test
    void inANamespaceThatGoesNothingIsWaitedFor() {
        Deletion deletion = plan(Worlds.healthy().build(), true);
        assertThat(deletion.done()).isTrue();
        assertThat(deletion.fence()).hasSize(3);
        assertThat(deletion.actions()).hasSize(3);
    }

    @Test
    void whatIsAlreadyEndingIsNotDeletedAgain() {
        Worlds worlds = Worlds.healthy();
        for (int i = 0; i < 3; i++) {
            worlds.pods(i, Worlds.terminating(Worlds.pod("shop-n" + i, 1, "zone-a-1")));
        }
        assertThat(plan(worlds.build(), false).actions()).isEmpty();
    }

    private static Deletion plan(World world, boolean namespaceEnding) {
        return Deletion.plan(world, NOW, namespaceEnding);
    }
}
