package io.tollkeeper.node.log;

import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The stored leaves of any epoch, this one's or an earlier one's on a kept volume. */
public final class Leaves {
    private static final int INDEX_OFFSET = 1 + Long.BYTES;

    private Leaves() {}

    /** Leaves of that epoch's log on the disk. */
    public static long sizeOf(Store store, long epoch) {
        byte[] family =
                ByteBuffer.allocate(INDEX_OFFSET).put((byte) 'l').putLong(epoch).array();
        Store.Entry last = store.floor(family, Keys.leaf(epoch, -1L));
        return last == null ? 0 : ByteBuffer.wrap(last.key()).getLong(INDEX_OFFSET) + 1;
    }

    public static Optional<Leaf> read(Store store, long epoch, long index) {
        return Optional.ofNullable(store.get(Keys.leaf(epoch, index))).map(Leaf::decode);
    }
}
