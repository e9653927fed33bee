package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.util.Comparator;
import java.util.List;

/** One log as the chain gave it. Two of one block with the same index are the same log, however often they came. */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; equal by place
record ChainLog(
        Address contract,
        List<Bytes32> topics,
        byte[] data,
        long blockNumber,
        Bytes32 blockHash,
        Bytes32 transactionHash,
        long logIndex)
        implements Comparable<ChainLog> {
    private static final Comparator<ChainLog> ORDER =
            Comparator.comparingLong(ChainLog::blockNumber).thenComparingLong(ChainLog::logIndex);

    ChainLog {
        topics = List.copyOf(topics);
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public int compareTo(ChainLog other) {
        return ORDER.compare(this, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChainLog that && blockHash.equals(that.blockHash) && logIndex == that.logIndex;
    }

    @Override
    public int hashCode() {
        return blockHash.hashCode() * 31 + Long.hashCode(logIndex);
    }
}
