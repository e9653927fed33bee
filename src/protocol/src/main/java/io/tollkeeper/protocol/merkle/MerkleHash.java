package io.tollkeeper.protocol.merkle;

import io.tollkeeper.protocol.Bytes32;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two hashes of the tree; the byte in front keeps a leaf from passing for an interior node (RFC 6962 section 2.1). */
public final class MerkleHash {
    /** The root of the tree without leaves: SHA-256 of nothing. */
    public static final Bytes32 EMPTY_ROOT = Bytes32.of(sha256().digest());

    private static final byte LEAF_PREFIX = 0x00;
    private static final byte NODE_PREFIX = 0x01;

    private MerkleHash() {}

    /** SHA-256(0x00 || entry). */
    public static Bytes32 leaf(byte[] entry) {
        MessageDigest digest = sha256();
        digest.update(LEAF_PREFIX);
        return Bytes32.of(digest.digest(entry));
    }

    /** SHA-256(0x01 || left || right). */
    public static Bytes32 node(Bytes32 left, Bytes32 right) {
        byte[] input = new byte[1 + 2 * Bytes32.LENGTH];
        input[0] = NODE_PREFIX;
        left.copyTo(input, 1);
        right.copyTo(input, 1 + Bytes32.LENGTH);
        return Bytes32.of(sha256().digest(input));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
