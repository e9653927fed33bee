package io.tollkeeper.node.ledger;

import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Reads what is on the disk, from any thread. */
public final class Records {
    private final Store store;

    public Records(Store store) {
        this.store = store;
    }

    public Optional<HeldRecord> at(Bytes32 agreement, long seq) {
        return Optional.ofNullable(store.get(Keys.record(agreement, seq))).map(HeldRecord::decode);
    }

    public Optional<HeldRecord> newest(Bytes32 agreement) {
        return Optional.ofNullable(store.floor(Keys.records(agreement), Keys.record(agreement, Long.MAX_VALUE)))
                .map(Store.Entry::value)
                .map(HeldRecord::decode);
    }

    public Optional<HeldRecord> byDigest(Bytes32 digest) {
        return Optional.ofNullable(store.get(Keys.digest(digest))).flatMap(value -> {
            ByteBuffer in = ByteBuffer.wrap(value);
            byte[] agreement = new byte[Bytes32.LENGTH];
            in.get(agreement);
            return at(Bytes32.of(agreement), in.getLong());
        });
    }

    /** Hands over an agreement's records, newest first, while {@code each} wants more. */
    public void newestFirst(Bytes32 agreement, Predicate<HeldRecord> each) {
        store.scanDown(
                Keys.records(agreement),
                Keys.record(agreement, Long.MAX_VALUE),
                (_, value) -> each.test(HeldRecord.decode(value)));
    }

    /** Hands over each agreement of which this node holds a record. Skips from one to the next. */
    public void eachAgreement(Consumer<Bytes32> each) {
        byte[] from = Keys.family('r');
        while (true) {
            byte[][] found = new byte[1][];
            store.scan(Keys.family('r'), from, (key, _) -> {
                found[0] = key;
                return false;
            });
            if (found[0] == null) {
                return;
            }
            Bytes32 agreement = Bytes32.at(found[0], 1);
            each.accept(agreement);
            from = Arrays.copyOf(Keys.record(agreement, -1L), Keys.record(agreement, -1L).length + 1);
        }
    }
}
