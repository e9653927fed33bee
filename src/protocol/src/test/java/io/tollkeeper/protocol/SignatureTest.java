package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureTest {
    /** The first account of every development chain: its address is known from outside this code. */
    private static final SignerKey KNOWN =
            SignerKey.fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private static final NativeCurve NATIVE = NativeCurve.load().orElseThrow();
    private static final JavaCurve JAVA = new JavaCurve();

    @Test
    void usesTheNativeLibraryWhereItIsThere() {
        assertThat(Curve.BEST).isInstanceOf(NativeCurve.class);
    }

    @Test
    void derivesTheAddressThatEverybodyDerives() {
        assertThat(KNOWN.address()).isEqualTo(Address.fromHex("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    }

    @Test
    void bothLibrariesGiveTheSameKeysAndSignatures() {
        Random random = Seeds.random();
        for (int i = 0; i < 50; i++) {
            byte[] secret = bytes(random, 32);
            secret[0] = 1;
            byte[] digest = bytes(random, 32);
            byte[] publicKey = NATIVE.publicKey(secret);
            byte[] compact = NATIVE.sign(digest, secret);
            assertThat(JAVA.publicKey(secret)).isEqualTo(publicKey);
            assertThat(JAVA.sign(digest, secret)).isEqualTo(compact);
            for (int parity = 0; parity <= 1; parity++) {
                assertThat(JAVA.recover(digest, compact, parity).map(BigInteger::new))
                        .isEqualTo(NATIVE.recover(digest, compact, parity).map(BigInteger::new));
            }
        }
    }

    @Test
    void bothLibrariesAgreeOnWhatIsNoSignature() {
        Random random = Seeds.random();
        int none = 0;
        for (int i = 0; i < 200; i++) {
            byte[] compact = bytes(random, 64);
            compact[0] = 0;
            compact[32] = 0;
            byte[] digest = bytes(random, 32);
            var fromNative = NATIVE.recover(digest, compact, i & 1).map(BigInteger::new);
            assertThat(JAVA.recover(digest, compact, i & 1).map(BigInteger::new))
                    .isEqualTo(fromNative);
            none += fromNative.isEmpty() ? 1 : 0;
        }
        assertThat(none).as("half of all numbers are no point's x").isBetween(50, 150);
    }

    @Test
    void leadsBackToItsSigner() {
        Random random = Seeds.random();
        for (int i = 0; i < 50; i++) {
            SignerKey key = SignerKey.generate();
            Bytes32 digest = Bytes32.of(bytes(random, 32));
            Signature signature = key.sign(digest);
            assertThat(signature.recover(digest)).contains(key.address());
            assertThat(Signature.of(signature.toByteArray())).isEqualTo(signature);
            assertThat(Signature.fromHex(signature.hex())).isEqualTo(signature);
        }
    }

    @Test
    void leadsElsewhereWhenOneBitIsWrong() {
        Bytes32 digest = Keccak.hash(new byte[] {1});
        byte[] good = KNOWN.sign(digest).toByteArray();
        for (int bit = 0; bit < 512; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Signature.of(bad).recover(digest))
                    .as("bit " + bit)
                    .isNotEqualTo(java.util.Optional.of(KNOWN.address()));
        }
    }

    @Test
    void refusesTheUpperHalfOfS() {
        Bytes32 digest = Keccak.hash(new byte[] {2});
        byte[] low = KNOWN.sign(digest).toByteArray();
        int parity = (low[32] & 0x80) >>> 7;
        low[32] &= 0x7f;
        BigInteger s = new BigInteger(1, low, 32, 32);
        byte[] high = low.clone();
        System.arraycopy(AbiWords.bytes(Curve.ORDER.subtract(s), 32), 0, high, 32, 32);
        assertThat(NATIVE.recover(digest.toByteArray(), high, 1 - parity))
                .as("mathematically it is one")
                .isPresent();
        assertThat(Curve.hasLowS(high)).isFalse();
        byte[] justAbove = low.clone();
        System.arraycopy(AbiWords.bytes(Curve.HALF_ORDER.add(BigInteger.ONE), 32), 0, justAbove, 32, 32);
        assertThat(Signature.of(justAbove).recover(digest))
                .as("fits into 255 bits and is still too high")
                .isEmpty();
    }

    @Test
    void refusesZeroAndTheOrder() {
        Bytes32 digest = Keccak.hash(new byte[] {3});
        byte[] good = KNOWN.sign(digest).toByteArray();
        byte[] noS = good.clone();
        java.util.Arrays.fill(noS, 32, 64, (byte) 0);
        byte[] noR = good.clone();
        java.util.Arrays.fill(noR, 0, 32, (byte) 0);
        byte[] orderR = good.clone();
        System.arraycopy(AbiWords.bytes(Curve.ORDER, 32), 0, orderR, 0, 32);
        assertThat(Signature.of(noS).recover(digest)).isEmpty();
        assertThat(Signature.of(noR).recover(digest)).isEmpty();
        assertThat(Signature.of(orderR).recover(digest)).isEmpty();
    }

    @Test
    void refusesKeysOutsideTheRangeWithoutShowingThem() {
        assertThatThrownBy(() -> SignerKey.fromHex("00".repeat(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignerKey.fromHex(Curve.ORDER.toString(16)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignerKey.fromHex("ab".repeat(31) + "zz"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("abab");
        assertThat(KNOWN.toString()).doesNotContain("ac0974");
    }

    @Test
    void writesAKeyFileForItsOwnerOnlyAndNeverOverOne(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("signer.key");
        KNOWN.writeTo(file);
        assertThat(SignerKey.fromFile(file).address()).isEqualTo(KNOWN.address());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> KNOWN.writeTo(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
