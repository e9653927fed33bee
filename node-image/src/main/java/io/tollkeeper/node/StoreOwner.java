package io.tollkeeper.node;

import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.Leaf;
import io.tollkeeper.node.log.Leaves;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.node.store.StoreException;
import io.tollkeeper.node.view.AnchoredLog;
import io.tollkeeper.node.view.FinalAnchor;
import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import org.jboss.logging.Logger;

/**
 * Whose store this is: node and epoch, written with the first start. A later epoch may take over a kept volume; then what
 * the old epoch's log holds beyond its last anchor is appended to the new log first. An earlier one may not.
 *
 * <pre>
 *   'm' "owner"   0 1 format version | 1 32 node id | 33 8 epoch
 * </pre>
 */
final class StoreOwner {
    private static final Logger LOG = Logger.getLogger(StoreOwner.class);
    private static final byte[] KEY = Keys.meta("owner");
    private static final byte FORMAT_VERSION = 1;
    private static final int GROUP = 500;

    private StoreOwner() {}

    static void takeOver(Store store, Committer committer, Ledger ledger, Records records, NodeSettings settings) {
        byte[] owner = ByteBuffer.allocate(41)
                .put(FORMAT_VERSION)
                .put(settings.nodeId().toByteArray())
                .putLong(settings.epoch())
                .array();
        byte[] before = store.get(KEY);
        if (before != null) {
            ByteBuffer in = ByteBuffer.wrap(before);
            byte format = in.get();
            Bytes32 nodeId = Bytes32.at(before, 1);
            long epoch = in.position(33).getLong();
            check(format == FORMAT_VERSION, "format version " + FORMAT_VERSION, format);
            check(
                    nodeId.equals(settings.nodeId()),
                    "the store of node " + settings.nodeId().hex(),
                    nodeId.hex());
            check(epoch <= settings.epoch(), "epoch " + settings.epoch() + " or earlier", epoch);
            if (epoch < settings.epoch()) {
                carryOver(store, committer, ledger, records, epoch);
            }
        }
        committer.commit(group -> group.put(KEY, owner)).join();
    }

    /** What the store knows of the last anchor may be behind the chain: then some records get a second leaf, no harm. */
    private static void carryOver(Store store, Committer committer, Ledger ledger, Records records, long epoch) {
        long from = AnchoredLog.newestOf(store, epoch).map(FinalAnchor::size).orElse(0L);
        long to = Leaves.sizeOf(store, epoch);
        LOG.infof("taking over %d records of epoch %d that were not anchored", to - from, epoch);
        for (long start = from; start < to; start += GROUP) {
            long first = start;
            long end = Math.min(to, start + GROUP);
            committer
                    .commit(group -> {
                        for (long index = first; index < end; index++) {
                            Leaf leaf = Leaves.read(store, epoch, index).orElseThrow();
                            records.at(leaf.agreement(), leaf.seq())
                                    .filter(held -> held.leafIn(epoch).isPresent())
                                    .ifPresent(held -> ledger.carryOver(group, held));
                        }
                    })
                    .join();
        }
    }

    private static void check(boolean holds, Object expected, Object actual) {
        if (!holds) {
            throw new StoreException("the data folder: expected " + expected + ", found " + actual);
        }
    }
}
