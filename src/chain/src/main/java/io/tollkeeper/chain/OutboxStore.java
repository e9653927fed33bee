package io.tollkeeper.chain;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where an outbox keeps its rows, by row id. The bytes are the outbox's own; a store only has to keep them.
 *
 * <p>The promise that everything rests on: when {@link #put} returns, the row survives a crash. A row that is put again
 * replaces the one before, whole or not at all.
 */
public interface OutboxStore {
    /** All rows. Called once, before anything else. */
    Map<Long, byte[]> load();

    /** Durable when it returns. */
    void put(long id, byte[] row);

    /** May be lost in a crash: a row that comes back is deleted again. */
    void delete(long id);

    /**
     * A store that forgets with its process. An outbox over it starts from the chain's mined nonce; what a process
     * before it had sent and not seen mined is replaced or mined, so its callers must send idempotent calls.
     */
    static OutboxStore inMemory() {
        return new OutboxStore() {
            private final Map<Long, byte[]> rows = new ConcurrentSkipListMap<>();

            @Override
            public Map<Long, byte[]> load() {
                return Map.copyOf(rows);
            }

            @Override
            public void put(long id, byte[] row) {
                rows.put(id, row.clone());
            }

            @Override
            public void delete(long id) {
                rows.remove(id);
            }
        };
    }
}
