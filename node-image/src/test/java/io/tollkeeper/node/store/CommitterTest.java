package io.tollkeeper.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitterTest {
    private static final byte[] KEY = {'x', 1};

    private final Path folder;
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger rollbacks = new AtomicInteger();
    private final Committer.Memory memory = new Committer.Memory() {
        @Override
        public void committed() {
            commits.incrementAndGet();
        }

        @Override
        public void rolledBack() {
            rollbacks.incrementAndGet();
        }
    };

    CommitterTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void whatAGroupWroteIsSeenLaterInTheGroupAndAfterwards() throws Exception {
        try (Store store = Store.open(folder);
                Committer committer = new Committer(store, memory, _ -> {})) {
            CompletableFuture<byte[]> seen = new CompletableFuture<>();
            committer
                    .commit(group -> {
                        group.put(KEY, new byte[] {7});
                        seen.complete(group.get(KEY));
                    })
                    .get();
            assertThat(seen.get()).containsExactly(7);
            assertThat(store.get(KEY)).containsExactly(7);
        }
    }

    @Test
    void aFaultLosesItsWholeGroupAndNothingElse() throws Exception {
        try (Store store = Store.open(folder);
                Committer committer = new Committer(store, memory, _ -> {})) {
            CompletableFuture<Void> bad = committer.commit(group -> {
                group.put(KEY, new byte[] {7});
                throw new IllegalStateException("a fault of the writer");
            });
            assertThatThrownBy(bad::get).hasMessageContaining("a fault of the writer");
            assertThat(store.get(KEY)).isNull();
            assertThat(rollbacks).hasValue(1);
            committer.commit(group -> group.put(KEY, new byte[] {8})).get();
            assertThat(store.get(KEY)).containsExactly(8);
        }
    }

    @Test
    void whatQueuesWhileAGroupIsWrittenBecomesOneGroup() throws Exception {
        try (Store store = Store.open(folder);
                Committer committer = new Committer(store, memory, _ -> {})) {
            CountDownLatch go = new CountDownLatch(1);
            CompletableFuture<Void> first = committer.commit(_ -> awaitQuietly(go));
            CompletableFuture<?>[] rest = new CompletableFuture<?>[100];
            for (int i = 0; i < rest.length; i++) {
                byte[] key = {'x', (byte) i};
                rest[i] = committer.commit(group -> group.put(key, key));
            }
            go.countDown();
            first.get();
            CompletableFuture.allOf(rest).get();
            assertThat(commits.get()).isLessThanOrEqualTo(3);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingWritesWhatIsQueuedAndTakesNothingMore() throws Exception {
        try (Store store = Store.open(folder)) {
            Committer committer = new Committer(store, memory, _ -> {});
            CompletableFuture<Void> last = committer.commit(group -> group.put(KEY, new byte[] {9}));
            committer.close();
            last.get();
            assertThat(store.get(KEY)).containsExactly(9);
            assertThat(committer.commit(group -> group.put(KEY, new byte[] {1})))
                    .isCompletedExceptionally();
        }
    }
}
