package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.List;

/**
 * The part of a record that the contract sees as one hash.
 *
 * @param sessionNumber the session that this record reports; uint64
 * @param sessionStart Unix second at which that session began; uint40
 * @param windowId number of the tariff's billing window; uint32
 * @param windowStart Unix second at which that window began; uint40
 * @param base the agreement's amount when the window began, in base units of its token; uint96
 * @param counters what the meters counted in the window, strictly ascending by (meter, band); at most 256
 * @param detailCount number of details under this record; uint32
 * @param detailRoot Merkle root of the details; zero if and only if there are none
 * @param previousDigest digest of the record before this one; zero if and only if the record is the first
 * @param salt random bytes
 */
public record RecordBody(
        long sessionNumber,
        long sessionStart,
        long windowId,
        long windowStart,
        BigInteger base,
        List<Counter> counters,
        long detailCount,
        Bytes32 detailRoot,
        Bytes32 previousDigest,
        Salt salt) {
    /** The most counters that a record may carry. */
    public static final int MAX_COUNTERS = 256;

    public RecordBody {
        Limits.range("session number", sessionNumber, 0, Limits.UINT64_MAX);
        Limits.range("session start", sessionStart, 0, Limits.UINT40_MAX);
        Limits.range("window id", windowId, 0, Limits.UINT32_MAX);
        Limits.range("window start", windowStart, 0, Limits.UINT40_MAX);
        Limits.uint96("base", base);
        Limits.range("number of details", detailCount, 0, Limits.UINT32_MAX);
        counters = List.copyOf(counters);
        Limits.range("number of counters", counters.size(), 0, MAX_COUNTERS);
        for (int i = 1; i < counters.size(); i++) {
            if (counters.get(i - 1).compareTo(counters.get(i)) >= 0) {
                throw new IllegalArgumentException(
                        "expected counters strictly ascending by (meter, band), got %s before %s"
                                .formatted(counters.get(i - 1), counters.get(i)));
            }
        }
        if (detailRoot.isZero() != (detailCount == 0)) {
            throw new IllegalArgumentException(
                    "expected a detail root of zero exactly when there are no details, got %s with %d details"
                            .formatted(detailRoot, detailCount));
        }
    }

    /** What the meter counted in this band; 0 when the record does not name it. */
    public long counter(int meterId, int band) {
        for (Counter counter : counters) {
            if (counter.meterId() == meterId && counter.band() == band) {
                return counter.cumulative();
            }
        }
        return 0;
    }
}
