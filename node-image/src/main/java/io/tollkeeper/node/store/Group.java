package io.tollkeeper.node.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatchWithIndex;

/** The batch of one group, with the store under it: what is read here sees what the group has already written. */
public final class Group {
    private final RocksDB db;
    private final WriteBatchWithIndex batch;
    private final ReadOptions read;

    Group(RocksDB db, WriteBatchWithIndex batch, ReadOptions read) {
        this.db = db;
        this.batch = batch;
        this.read = read;
    }

    public byte @Nullable [] get(byte[] key) {
        try {
            return batch.getFromBatchAndDB(db, read, key);
        } catch (RocksDBException e) {
            throw new StoreException("read failed", e);
        }
    }

    public void put(byte[] key, byte[] value) {
        try {
            batch.put(key, value);
        } catch (RocksDBException e) {
            throw new StoreException("write failed", e);
        }
    }

    public void delete(byte[] key) {
        try {
            batch.delete(key);
        } catch (RocksDBException e) {
            throw new StoreException("delete failed", e);
        }
    }

    /** The last entry at or below {@code key} that has the prefix. */
    public Store.@Nullable Entry floor(byte[] prefix, byte[] key) {
        try (RocksIterator under = db.newIterator(read);
                RocksIterator both = batch.newIteratorWithBase(under)) {
            both.seekForPrev(key);
            return Store.entryOf(both, prefix);
        }
    }

    /** The first entry at or above {@code key} that has the prefix. */
    public Store.@Nullable Entry ceiling(byte[] prefix, byte[] key) {
        try (RocksIterator under = db.newIterator(read);
                RocksIterator both = batch.newIteratorWithBase(under)) {
            both.seek(key);
            return Store.entryOf(both, prefix);
        }
    }

    boolean isEmpty() {
        return batch.count() == 0;
    }
}
