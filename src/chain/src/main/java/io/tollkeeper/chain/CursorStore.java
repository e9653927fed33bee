package io.tollkeeper.chain;

import java.util.Optional;

/** Where a follower keeps how far it has come. */
public interface CursorStore {
    Optional<Cursor> load();

    /** Durable when it returns. */
    void save(Cursor cursor);

    static CursorStore inMemory() {
        return new CursorStore() {
            private volatile Optional<Cursor> kept = Optional.empty();

            @Override
            public Optional<Cursor> load() {
                return kept;
            }

            @Override
            public void save(Cursor cursor) {
                kept = Optional.of(cursor);
            }
        };
    }
}
