package io.tollkeeper.node.keeper;

import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.UsageRecord;
import java.math.BigInteger;

/** The little of an anchored record by which the keeper decides. */
record Mark(long seq, long asOf, BigInteger amount, RecordKind kind) {
    static Mark of(HeldRecord held) {
        UsageRecord record = held.record();
        return new Mark(record.seq(), record.asOf(), record.amount(), record.kind());
    }

    boolean signsOff() {
        return kind == RecordKind.STOP || kind == RecordKind.CLOSE;
    }
}
