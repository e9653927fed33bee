package io.tollkeeper.node.store;

import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of the store, in one column family (more of them cost memory and won nothing). Numbers are big-endian, so
 * that the order of the bytes is the order of the numbers.
 *
 * <pre>
 *   'a' epoch 8 | size 8            a final anchor of that epoch's log (FinalAnchor)
 *   'c' name                        the follower's cursor
 *   'd' digest 32                   agreement 32 | seq 8 of the record with this digest
 *   'f' agreement 32                what the chain says of the agreement (AgreementFacts)
 *   'l' epoch 8 | index 8           leaf of that epoch's log: leaf hash 32 | agreement 32 | seq 8
 *   'm' name                        one-off facts of this store: format, owner, log size
 *   'n' epoch 8 | level 1 | index 8 full interior node of that epoch's log, level from 1
 *   'o' id 8                        a row of the chain outbox
 *   'r' agreement 32 | seq 8        a record that this node holds (HeldRecord)
 * </pre>
 */
public final class Keys {
    private Keys() {}

    public static byte[] anchor(long epoch, long size) {
        return ByteBuffer.allocate(17)
                .put((byte) 'a')
                .putLong(epoch)
                .putLong(size)
                .array();
    }

    public static byte[] cursor(String name) {
        return named('c', name);
    }

    public static byte[] digest(Bytes32 digest) {
        return ByteBuffer.allocate(33).put((byte) 'd').put(digest.toByteArray()).array();
    }

    public static byte[] facts(Bytes32 agreement) {
        return ByteBuffer.allocate(33)
                .put((byte) 'f')
                .put(agreement.toByteArray())
                .array();
    }

    public static byte[] leaf(long epoch, long index) {
        return ByteBuffer.allocate(17)
                .put((byte) 'l')
                .putLong(epoch)
                .putLong(index)
                .array();
    }

    public static byte[] meta(String name) {
        return named('m', name);
    }

    public static byte[] node(long epoch, int level, long index) {
        return ByteBuffer.allocate(18)
                .put((byte) 'n')
                .putLong(epoch)
                .put((byte) level)
                .putLong(index)
                .array();
    }

    public static byte[] outbox(long id) {
        return ByteBuffer.allocate(9).put((byte) 'o').putLong(id).array();
    }

    public static byte[] record(Bytes32 agreement, long seq) {
        return ByteBuffer.allocate(41)
                .put((byte) 'r')
                .put(agreement.toByteArray())
                .putLong(seq)
                .array();
    }

    /** The prefix under which all of an agreement's records stand. */
    public static byte[] records(Bytes32 agreement) {
        return ByteBuffer.allocate(33)
                .put((byte) 'r')
                .put(agreement.toByteArray())
                .array();
    }

    /** The prefix of a family, for walking all of it. */
    public static byte[] family(char letter) {
        return new byte[] {(byte) letter};
    }

    private static byte[] named(char letter, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + text.length).put((byte) letter).put(text).array();
    }
}
