package io.tollkeeper.node.anchor;

import io.tollkeeper.chain.OutboxStore;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The outbox's rows under {@code 'o' id}; each write waits for its group's sync. */
public final class StoredOutbox implements OutboxStore {
    private final Store store;
    private final Committer committer;

    public StoredOutbox(Store store, Committer committer) {
        this.store = store;
        this.committer = committer;
    }

    @Override
    public Map<Long, byte[]> load() {
        Map<Long, byte[]> rows = new HashMap<>();
        store.scan(Keys.family('o'), Keys.family('o'), (key, value) -> {
            rows.put(ByteBuffer.wrap(key).getLong(1), value);
            return true;
        });
        return rows;
    }

    @Override
    public void put(long id, byte[] row) {
        committer.commit(group -> group.put(Keys.outbox(id), row)).join();
    }

    @Override
    public void delete(long id) {
        committer.commit(group -> group.delete(Keys.outbox(id))).join();
    }
}
