package io.tollkeeper.chain;

import io.tollkeeper.protocol.Bytes32;
import java.time.Instant;

/**
 * One signed transaction. A nonce may have several: each higher in fee than the one before, the last ones perhaps
 * without effect ({@code noop}). Whichever is mined ends the others.
 *
 * @param signed the bytes that go to the chain, the same at each send
 * @param head the newest block when it was signed
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; equal by hash
record Attempt(Bytes32 hash, byte[] signed, FeeQuote fee, long gasLimit, boolean noop, Instant signedAt, long head) {
    Attempt {
        signed = signed.clone();
    }

    @Override
    public byte[] signed() {
        return signed.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attempt that && hash.equals(that.hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }
}
