package io.tollkeeper.node.view;

import io.tollkeeper.chain.Cursor;
import io.tollkeeper.chain.CursorStore;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import java.util.Optional;

/** The follower's cursor on the disk. */
public final class StoredCursor implements CursorStore {
    private static final byte[] KEY = Keys.cursor("follower");

    private final Store store;
    private final Committer committer;

    public StoredCursor(Store store, Committer committer) {
        this.store = store;
        this.committer = committer;
    }

    @Override
    public Optional<Cursor> load() {
        return Optional.ofNullable(store.get(KEY)).map(Cursor::fromBytes);
    }

    @Override
    public void save(Cursor cursor) {
        committer.commit(group -> group.put(KEY, cursor.toBytes())).join();
    }
}
