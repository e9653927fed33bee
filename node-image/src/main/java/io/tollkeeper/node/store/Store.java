package io.tollkeeper.node.store;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * The RocksDB of a node. Reads from any thread; writes only through a {@link Committer}.
 *
 * <p>After a crash the store is what the last synced batch says. What stands in the write-ahead log behind it was never
 * acknowledged, whatever it looks like (half a record, zeros, another file's bytes): replay ends at the first thing that
 * is no whole record, and the node starts.
 */
public final class Store implements AutoCloseable {
    private static final long BLOCK_CACHE_BYTES = 32L << 20;
    private static final long MEMTABLE_BYTES = 32L << 20;

    /** A key and its value. Compared by nobody. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(byte[] key, byte[] value) {}

    private final BloomFilter bloom = new BloomFilter(10);
    private final LRUCache cache = new LRUCache(BLOCK_CACHE_BYTES);
    private final Options options;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final ReadOptions read = new ReadOptions();
    private final RocksDB db;
    private final ReadWriteLock readers = new ReentrantReadWriteLock();
    private boolean closed;

    private Store(Path folder) throws RocksDBException {
        options = new Options()
                .setCreateIfMissing(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setMaxWriteBufferNumber(3)
                .setMaxTotalWalSize(256L << 20)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(4L << 20)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(bloom)
                        .setCacheIndexAndFilterBlocks(true));
        db = RocksDB.open(options, folder.toString());
    }

    /** Opens or creates the store in a folder that exists. */
    public static Store open(Path folder) {
        RocksDB.loadLibrary();
        try {
            return new Store(folder);
        } catch (RocksDBException e) {
            throw new StoreException("cannot open the store in " + folder + ": " + e.getMessage(), e);
        }
    }

    public byte @Nullable [] get(byte[] key) {
        return reading(() -> {
            try {
                return db.get(read, key);
            } catch (RocksDBException e) {
                throw new StoreException("read failed", e);
            }
        });
    }

    /** The last entry at or below {@code key} that has the prefix. */
    public @Nullable Entry floor(byte[] prefix, byte[] key) {
        return reading(() -> {
            try (RocksIterator rows = db.newIterator(read)) {
                rows.seekForPrev(key);
                return entryOf(rows, prefix);
            }
        });
    }

    /** Walks upwards from {@code from} over all that has the prefix, until {@code each} answers false. */
    public void scan(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> each) {
        scan(prefix, from, each, false);
    }

    /** Walks downwards from {@code from} over all that has the prefix, until {@code each} answers false. */
    public void scanDown(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> each) {
        scan(prefix, from, each, true);
    }

    private void scan(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> each, boolean down) {
        reading(() -> {
            try (RocksIterator rows = db.newIterator(read)) {
                if (down) {
                    rows.seekForPrev(from);
                } else {
                    rows.seek(from);
                }
                while (rows.isValid() && hasPrefix(rows.key(), prefix) && each.test(rows.key(), rows.value())) {
                    if (down) {
                        rows.prev();
                    } else {
                        rows.next();
                    }
                }
                return null;
            }
        });
    }

    /** A read of a closed RocksDB would end the process: the store is closed when the last read is over. */
    private <T> @Nullable T reading(Supplier<@Nullable T> what) {
        readers.readLock().lock();
        try {
            if (closed) {
                throw new StoreException("the store is closed");
            }
            return what.get();
        } finally {
            readers.readLock().unlock();
        }
    }

    Group group(WriteBatchWithIndex batch) {
        return new Group(db, batch, read);
    }

    void writeSynced(WriteBatchWithIndex batch) throws RocksDBException {
        db.write(synced, batch);
    }

    static @Nullable Entry entryOf(RocksIterator rows, byte[] prefix) {
        return rows.isValid() && hasPrefix(rows.key(), prefix) ? new Entry(rows.key(), rows.value()) : null;
    }

    private static boolean hasPrefix(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void close() {
        readers.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            db.close();
            read.close();
            synced.close();
            options.close();
            cache.close();
            bloom.close();
        } finally {
            readers.writeLock().unlock();
        }
    }
}
