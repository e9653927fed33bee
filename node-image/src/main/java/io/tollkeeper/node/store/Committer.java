package io.tollkeeper.node.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatchWithIndex;

/**
 * The one thread that writes. It takes all that queued while the last sync ran, puts it into one batch, syncs it, and
 * then tells each piece of work that it is on the disk.
 */
public final class Committer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Committer.class);

    /** Pieces of work that may wait; whoever comes then is told that the node is loaded. */
    private static final int QUEUE_CAPACITY = 8192;

    private static final int GROUP_MAX = 1024;

    /** Something to be written. All three are called on the committing thread and must not block. */
    public interface Work {
        /** Puts what it has to write into the group's batch, deciding by what it reads there. */
        void prepare(Group group);

        /** The batch is on the disk. */
        void committed();

        /** The batch is not on the disk, nor will it be. */
        void failed(Throwable cause);
    }

    /** What is kept in memory beside the store. Both are called on the committing thread, before the works hear. */
    public interface Memory {
        /** The group is on the disk: let readers see it. */
        void committed();

        /** The group is lost: be again what the store says. */
        void rolledBack();
    }

    private final Store store;
    private final Memory memory;
    private final LongConsumer syncNanos;
    private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final Thread thread;
    private volatile boolean closing;

    /**
     * @param syncNanos told how long each synced write took
     */
    public Committer(Store store, Memory memory, LongConsumer syncNanos) {
        this.store = store;
        this.memory = memory;
        this.syncNanos = syncNanos;
        this.thread = Thread.ofPlatform().name("committer").start(this::run);
    }

    /** Queues work; false when too much is waiting or the committer is closed. */
    public boolean offer(Work work) {
        return !closing && queue.offer(work);
    }

    /** Writes what {@code write} puts into the batch; the future ends when it is on the disk. */
    public CompletableFuture<Void> commit(Consumer<Group> write) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Work work = new Work() {
            @Override
            public void prepare(Group group) {
                write.accept(group);
            }

            @Override
            public void committed() {
                done.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                done.completeExceptionally(cause);
            }
        };
        if (!offer(work)) {
            done.completeExceptionally(new StoreException(closing ? "the store is closed" : "too much is waiting"));
        }
        return done;
    }

    private void run() {
        List<Work> group = new ArrayList<>();
        try (WriteBatchWithIndex batch = new WriteBatchWithIndex(true)) {
            while (true) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group, GROUP_MAX - 1);
                if (group.remove(STOP)) {
                    writeGroup(batch, group);
                    group.clear();
                    queue.drainTo(group);
                    group.forEach(work -> work.failed(new StoreException("the store is closed")));
                    return;
                }
                writeGroup(batch, group);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeGroup(WriteBatchWithIndex batch, List<Work> works) {
        batch.clear();
        Group group = store.group(batch);
        try {
            for (Work work : works) {
                work.prepare(group);
            }
            if (!group.isEmpty()) {
                long start = System.nanoTime();
                store.writeSynced(batch);
                syncNanos.accept(System.nanoTime() - start);
            }
        } catch (RuntimeException | RocksDBException e) {
            memory.rolledBack();
            works.forEach(work -> tell(() -> work.failed(e)));
            return;
        }
        memory.committed();
        works.forEach(work -> tell(work::committed));
    }

    /** A fault of one that is told must not end the thread that all depend on. */
    private static void tell(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.error("a write was told to somebody who failed", e);
        }
    }

    /** Writes what is queued, and ends. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try {
            queue.put(STOP);
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final Work STOP = new Work() {
        @Override
        public void prepare(Group group) {}

        @Override
        public void committed() {}

        @Override
        public void failed(Throwable cause) {}
    };
}
