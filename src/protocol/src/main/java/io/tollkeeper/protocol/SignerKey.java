package io.tollkeeper.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/** A secp256k1 private key: a client's, a node's epoch's, a payer's. Its text form never shows the key. */
public final class SignerKey {
    private static final int LENGTH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secret;
    private final byte[] publicKey;
    private final Address address;

    private SignerKey(byte[] owned) {
        if (!Curve.isPrivateKey(owned)) {
            throw new IllegalArgumentException(
                    "expected a private key from 1 to below the order of secp256k1, got a number outside");
        }
        this.secret = owned;
        this.publicKey = Curve.BEST.publicKey(owned);
        this.address = Curve.addressOf(publicKey);
    }

    /** Reads 64 hexadecimal digits, with or without {@code 0x} before them. */
    public static SignerKey fromHex(String hex) {
        return new SignerKey(Limits.hex("a private key", hex, LENGTH));
    }

    /** Reads a file that holds the key in the form of {@link #fromHex} and white space around it at most. */
    public static SignerKey fromFile(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        try {
            return fromHex(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("no private key in " + file + ": " + e.getMessage(), e);
        }
    }

    /** A new key from the system's secure source. */
    public static SignerKey generate() {
        byte[] bytes = new byte[LENGTH];
        do {
            RANDOM.nextBytes(bytes);
        } while (!Curve.isPrivateKey(bytes));
        return new SignerKey(bytes);
    }

    /** Writes the key to a new file that only its owner may read; refuses to write over a file. */
    public void writeTo(Path file) throws FileAlreadyExistsException, IOException {
        byte[] text = (toSecretHex() + "\n").getBytes(StandardCharsets.US_ASCII);
        try (var out = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            out.write(java.nio.ByteBuffer.wrap(text));
        }
    }

    /** The key's address. */
    public Address address() {
        return address;
    }

    /** Signs a digest as it is: no prefix, no further hash. The same key and digest give the same signature. */
    public Signature sign(Bytes32 digest) {
        byte[] message = digest.toByteArray();
        byte[] compact = Curve.BEST.sign(message, secret);
        for (int yParity = 0; yParity <= 1; yParity++) {
            var recovered = Curve.BEST.recover(message, compact, yParity);
            if (recovered.isPresent() && Arrays.equals(recovered.get(), publicKey)) {
                return Signature.ofCompact(compact, yParity);
            }
        }
        throw new IllegalStateException("a new signature does not lead back to its key " + address);
    }

    /** The private key itself as {@code 0x} and 64 digits: for libraries that sign on their own. Never log it. */
    public String toSecretHex() {
        return "0x" + HexFormat.of().formatHex(secret);
    }

    @Override
    public String toString() {
        return "SignerKey[" + address + "]";
    }
}
