package io.tollkeeper.protocol;

import java.math.BigInteger;

/**
 * One signed reading of an agreement.
 *
 * @param agreement the agreement's id
 * @param branch number of the client's unbroken chain of records; uint32 from 1
 * @param seq number of the record in the agreement's whole life, dense; uint64 from 1
 * @param asOf Unix second up to which the record measures, by the client's clock; uint40
 * @param amount total charge of the agreement so far, in base units of its token; uint96
 * @param kind what the record says of its session
 * @param body the rest
 */
public record UsageRecord(
        Bytes32 agreement, long branch, long seq, long asOf, BigInteger amount, RecordKind kind, RecordBody body) {
    public UsageRecord {
        Limits.range("branch", branch, 1, Limits.UINT32_MAX);
        Limits.range("seq", seq, 1, Limits.UINT64_MAX);
        Limits.range("asOf", asOf, 0, Limits.UINT40_MAX);
        Limits.uint96("amount", amount);
        if (body.previousDigest().isZero() != (seq == 1)) {
            throw new IllegalArgumentException("expected a previous digest of zero exactly at seq 1, got %s at seq %d"
                    .formatted(body.previousDigest(), seq));
        }
    }
}
