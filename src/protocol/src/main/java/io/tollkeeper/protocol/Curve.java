package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/**
 * secp256k1: libsecp256k1 where its native library loads (about 40 µs to recover a signer), BouncyCastle elsewhere (some
 * 700 µs). Both sign deterministically (RFC 6979) and give the same bytes.
 */
sealed interface Curve permits NativeCurve, JavaCurve {
    X9ECParameters PARAMETERS = CustomNamedCurves.getByName("secp256k1");
    BigInteger ORDER = PARAMETERS.getN();
    BigInteger HALF_ORDER = ORDER.shiftRight(1);

    /** The best one that works here. */
    Curve BEST = NativeCurve.load().<Curve>map(found -> found).orElseGet(JavaCurve::new);

    /** The uncompressed public key (0x04 || x || y) of a private key of 32 bytes. */
    byte[] publicKey(byte[] privateKey);

    /** r || s of 64 bytes with a low s. */
    byte[] sign(byte[] digest, byte[] privateKey);

    /** The uncompressed public key that made r || s over the digest, if there is one. */
    Optional<byte[]> recover(byte[] digest, byte[] compact, int yParity);

    static boolean isPrivateKey(byte[] bytes) {
        BigInteger value = new BigInteger(1, bytes);
        return value.signum() > 0 && value.compareTo(ORDER) < 0;
    }

    /** Whether r and s are in range and s is in the lower half of it. */
    static boolean hasLowS(byte[] compact) {
        BigInteger r = new BigInteger(1, compact, 0, 32);
        BigInteger s = new BigInteger(1, compact, 32, 32);
        return r.signum() > 0 && r.compareTo(ORDER) < 0 && s.signum() > 0 && s.compareTo(HALF_ORDER) <= 0;
    }

    /** The last 20 bytes of the Keccak-256 of x || y. */
    static Address addressOf(byte[] publicKey) {
        byte[] hash =
                Keccak.hash(Arrays.copyOfRange(publicKey, 1, publicKey.length)).toByteArray();
        return Address.at(hash, Bytes32.LENGTH - Address.LENGTH);
    }
}
