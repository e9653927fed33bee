package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** BouncyCastle. */
final class JavaCurve implements Curve {
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(PARAMETERS);

    @Override
    public byte[] publicKey(byte[] privateKey) {
        return new FixedPointCombMultiplier()
                .multiply(PARAMETERS.getG(), new BigInteger(1, privateKey))
                .getEncoded(false);
    }

    @Override
    public byte[] sign(byte[] digest, byte[] privateKey) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, privateKey), DOMAIN));
        BigInteger[] rs = signer.generateSignature(digest);
        BigInteger s = rs[1].compareTo(HALF_ORDER) > 0 ? ORDER.subtract(rs[1]) : rs[1];
        byte[] compact = new byte[Signature.LENGTH];
        System.arraycopy(AbiWords.bytes(rs[0], 32), 0, compact, 0, 32);
        System.arraycopy(AbiWords.bytes(s, 32), 0, compact, 32, 32);
        return compact;
    }

    /** SEC 1 section 4.1.6, for the two candidates with x = r. */
    @Override
    public Optional<byte[]> recover(byte[] digest, byte[] compact, int yParity) {
        BigInteger r = new BigInteger(1, compact, 0, 32);
        BigInteger s = new BigInteger(1, compact, 32, 32);
        ECPoint point;
        try {
            byte[] encoded = new byte[33];
            encoded[0] = (byte) (2 + yParity);
            System.arraycopy(compact, 0, encoded, 1, 32);
            point = PARAMETERS.getCurve().decodePoint(encoded);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        BigInteger inverse = r.modInverse(ORDER);
        BigInteger ofBase = new BigInteger(1, digest).negate().multiply(inverse).mod(ORDER);
        BigInteger ofPoint = s.multiply(inverse).mod(ORDER);
        ECPoint key = ECAlgorithms.sumOfTwoMultiplies(PARAMETERS.getG(), ofBase, point, ofPoint)
                .normalize();
        return key.isInfinity() ? Optional.empty() : Optional.of(key.getEncoded(false));
    }
}
