package io.tollkeeper.protocol;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Optional;

/** libsecp256k1 through JNI. */
final class NativeCurve implements Curve {
    private final Secp256k1 library;

    private NativeCurve(Secp256k1 library) {
        this.library = library;
    }

    /** Empty where there is no native library for this system, or it may not be unpacked or loaded. */
    static Optional<NativeCurve> load() {
        try {
            return Optional.of(new NativeCurve(Secp256k1.get()));
        } catch (LinkageError | RuntimeException _) {
            return Optional.empty();
        }
    }

    @Override
    public byte[] publicKey(byte[] privateKey) {
        return library.pubkeyCreate(privateKey);
    }

    @Override
    public byte[] sign(byte[] digest, byte[] privateKey) {
        return library.sign(digest, privateKey, null);
    }

    @Override
    public Optional<byte[]> recover(byte[] digest, byte[] compact, int yParity) {
        try {
            return Optional.of(library.ecdsaRecover(compact, digest, yParity));
        } catch (Secp256k1Exception _) {
            return Optional.empty();
        }
    }
}
