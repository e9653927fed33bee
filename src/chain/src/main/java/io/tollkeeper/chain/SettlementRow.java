package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One signed record as {@code settle} takes it, with what makes the agreement's id: signer and nonce.
 *
 * <pre>
 *   offset  bytes  field, big-endian
 *        0     20  signer
 *       20      5  nonce
 *       25      4  branch
 *       29      8  seq
 *       37      5  asOf
 *       42     12  amount
 *       54      1  kind
 *       55     32  body: keccak-256 of the record's body
 *       87     64  signature, EIP-2098
 * </pre>
 */
public record SettlementRow(Address signer, long nonce, SignedRecord signed) {
    public static final int BYTES = 151;

    private static final int UINT40_BYTES = 5;
    private static final int AMOUNT_BYTES = 12;

    /** The rows of one {@code settle}. */
    public static byte[] encode(List<SettlementRow> rows) {
        var bytes = ByteBuffer.allocate(rows.size() * BYTES);
        rows.forEach(row -> row.writeTo(bytes));
        return bytes.array();
    }

    private void writeTo(ByteBuffer bytes) {
        var usage = signed.record();
        bytes.put(signer.toByteArray());
        putUint(bytes, BigInteger.valueOf(nonce), UINT40_BYTES);
        bytes.putInt((int) usage.branch()).putLong(usage.seq());
        putUint(bytes, BigInteger.valueOf(usage.asOf()), UINT40_BYTES);
        putUint(bytes, usage.amount(), AMOUNT_BYTES);
        bytes.put((byte) usage.kind().code());
        bytes.put(bodyHash().toByteArray()).put(signature().toByteArray());
    }

    private Bytes32 bodyHash() {
        return SigningDomain.bodyHash(CanonicalRecord.encode(signed.record()));
    }

    private Signature signature() {
        return signed.signature();
    }

    private static void putUint(ByteBuffer bytes, BigInteger value, int width) {
        if (value.signum() < 0 || value.bitLength() > width * 8) {
            throw new IllegalArgumentException("expected a number of " + width + " bytes, got " + value);
        }
        for (var i = width - 1; i >= 0; i--) {
            bytes.put(value.shiftRight(8 * i).byteValue());
        }
    }
}
