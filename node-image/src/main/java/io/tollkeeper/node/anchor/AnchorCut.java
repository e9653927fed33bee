package io.tollkeeper.node.anchor;

import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.Leaf;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.AnchorRows;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the next anchor goes, and the rows it carries.
 *
 * @param rows FULL mode: the newest record of each agreement touched from the last anchor to {@code size}
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record AnchorCut(long size, byte[] rows) {
    /** The contract takes 65,536 bytes; some room is left for what a later version adds. */
    static final int ROW_BYTES_MAX = 60_000;

    private static final int LENGTH_BYTES = 2;

    /** The root alone, over all there is. */
    static AnchorCut digest(UsageLog log) {
        return new AnchorCut(log.size(), new byte[0]);
    }

    /** With rows; a smaller size than the log's where the rows of all of it would be too long for one transaction. */
    static AnchorCut full(UsageLog log, Records records, long from) {
        Map<Bytes32, HeldRecord> touched = new LinkedHashMap<>();
        long end = log.size();
        int bytes = 0;
        long size = from;
        while (size < end) {
            Leaf leaf = log.leaf(size).orElseThrow();
            HeldRecord held = records.at(leaf.agreement(), leaf.seq()).orElseThrow();
            HeldRecord before = touched.get(leaf.agreement());
            boolean newer = before == null || before.seq() < held.seq();
            int more = newer ? rowBytes(held) - (before == null ? 0 : rowBytes(before)) : 0;
            if (bytes + more > ROW_BYTES_MAX) {
                break;
            }
            if (newer) {
                touched.put(leaf.agreement(), held);
                bytes += more;
            }
            size++;
        }
        List<SignedRecord> rows =
                touched.values().stream().map(HeldRecord::signed).toList();
        return new AnchorCut(size, AnchorRows.encode(rows));
    }

    private static int rowBytes(HeldRecord held) {
        int counters = held.record().body().counters().size();
        return LENGTH_BYTES + CanonicalRecord.MIN_BYTES + counters * CanonicalRecord.COUNTER_BYTES + Signature.LENGTH;
    }
}
