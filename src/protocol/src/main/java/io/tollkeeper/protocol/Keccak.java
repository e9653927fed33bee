package io.tollkeeper.protocol;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as the EVM has it: the padding of the submission to SHA-3, not that of FIPS 202. */
public final class Keccak {
    private Keccak() {}

    /** The hash of the concatenation of {@code parts}. */
    public static Bytes32 hash(byte[]... parts) {
        KeccakDigest digest = new KeccakDigest(256);
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        return finish(digest);
    }

    static Bytes32 hash(byte[] source, int offset, int length) {
        KeccakDigest digest = new KeccakDigest(256);
        digest.update(source, offset, length);
        return finish(digest);
    }

    private static Bytes32 finish(KeccakDigest digest) {
        byte[] hash = new byte[Bytes32.LENGTH];
        digest.doFinal(hash, 0);
        return Bytes32.of(hash);
    }
}
