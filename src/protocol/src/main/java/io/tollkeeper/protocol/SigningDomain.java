package io.tollkeeper.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The EIP-712 domain under which everything of one deployment is signed: name "Tollkeeper", version "1", the chain's id
 * and the FeeVault's address. A digest is keccak-256(0x19 0x01 || domain separator || hashStruct(message)).
 */
public final class SigningDomain {
    private static final Bytes32 DOMAIN_TYPE =
            type("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    private static final Bytes32 RECORD_TYPE = type(
            "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)");
    private static final Bytes32 RECEIPT_TYPE =
            type("Receipt(bytes32 nodeId,uint64 epoch,bytes32 recordsHash,uint40 anchorBy)");
    private static final Bytes32 CHECKPOINT_TYPE =
            type("Checkpoint(bytes32 nodeId,uint64 epoch,uint64 size,bytes32 root)");
    private static final Bytes32 NODE_QUERY_TYPE = type("NodeQuery(bytes32 agreement,string method,uint40 issuedAt)");
    private static final Bytes32 OPENING_TYPE = type("Opening(bytes32 plan,address payer,address signer,uint40 nonce)");

    private static final int RECORD_FIELDS = 7;

    private final long chainId;
    private final Address vault;
    private final Bytes32 separator;

    /**
     * The domain of one FeeVault.
     *
     * @param chainId the chain's id, from 1
     * @param vault the FeeVault's address
     */
    public SigningDomain(long chainId, Address vault) {
        Limits.range("chain id", chainId, 1, Long.MAX_VALUE);
        this.chainId = chainId;
        this.vault = vault;
        this.separator = new AbiWords()
                .bytes32(DOMAIN_TYPE)
                .hashOf("Tollkeeper")
                .hashOf("1")
                .uint(chainId)
                .address(vault)
                .keccak();
    }

    /** The chain's id. */
    public long chainId() {
        return chainId;
    }

    /** The FeeVault's address. */
    public Address vault() {
        return vault;
    }

    /** The domain separator of deployment; agreement ids are made with it too. */
    public Bytes32 separator() {
        return separator;
    }

    /** The record's digest: what its client signs, and its name everywhere. */
    public Bytes32 digest(UsageRecord usage) {
        return digestOfCanonical(CanonicalRecord.encode(usage));
    }

    /** The same from a record's canonical bytes, without making the record; they must be valid. */
    public Bytes32 digestOfCanonical(byte[] canonical) {
        if (canonical.length < CanonicalRecord.MIN_BYTES) {
            throw new IllegalArgumentException("expected a record of at least %d bytes, got %d bytes"
                    .formatted(CanonicalRecord.MIN_BYTES, canonical.length));
        }
        byte[] struct = new byte[(1 + RECORD_FIELDS) * Bytes32.LENGTH];
        RECORD_TYPE.copyTo(struct, 0);
        int word = 2 * Bytes32.LENGTH;
        System.arraycopy(canonical, 0, struct, Bytes32.LENGTH, Bytes32.LENGTH);
        int offset = Bytes32.LENGTH;
        for (int length : new int[] {4, 8, 5, 12, 1}) {
            word += Bytes32.LENGTH;
            System.arraycopy(canonical, offset, struct, word - length, length);
            offset += length;
        }
        Keccak.hash(canonical, CanonicalRecord.BODY_OFFSET, canonical.length - CanonicalRecord.BODY_OFFSET)
                .copyTo(struct, word);
        return digest(Keccak.hash(struct));
    }

    /** The hash that stands for the body in the signed struct. */
    public static Bytes32 bodyHash(byte[] canonical) {
        return Keccak.hash(canonical, CanonicalRecord.BODY_OFFSET, canonical.length - CanonicalRecord.BODY_OFFSET);
    }

    /** What a node signs with its epoch's key when it acknowledges. */
    public Bytes32 digest(Receipt receipt) {
        return digest(new AbiWords()
                .bytes32(RECEIPT_TYPE)
                .bytes32(receipt.nodeId())
                .uint(receipt.epoch())
                .bytes32(receipt.recordsHash())
                .uint(receipt.anchorBy())
                .keccak());
    }

    /** What a node signs with its epoch's key when it publishes its log's size and root. */
    public Bytes32 digest(Checkpoint checkpoint) {
        return digest(new AbiWords()
                .bytes32(CHECKPOINT_TYPE)
                .bytes32(checkpoint.nodeId())
                .uint(checkpoint.epoch())
                .uint(checkpoint.size())
                .bytes32(checkpoint.root())
                .keccak());
    }

    /** What signer, payer or payee signs to ask a node about an agreement. */
    public Bytes32 digest(NodeQuery query) {
        return digest(new AbiWords()
                .bytes32(NODE_QUERY_TYPE)
                .bytes32(query.agreement())
                .hashOf(query.method())
                .uint(query.issuedAt())
                .keccak());
    }

    /** What payer and signer sign to open an agreement. */
    public Bytes32 digest(Opening opening) {
        return digest(new AbiWords()
                .bytes32(OPENING_TYPE)
                .bytes32(opening.plan())
                .address(opening.payer())
                .address(opening.signer())
                .uint(opening.nonce())
                .keccak());
    }

    private Bytes32 digest(Bytes32 structHash) {
        ByteBuffer message = ByteBuffer.allocate(2 + 2 * Bytes32.LENGTH);
        message.put((byte) 0x19).put((byte) 0x01);
        separator.copyTo(message.array(), 2);
        structHash.copyTo(message.array(), 2 + Bytes32.LENGTH);
        return Keccak.hash(message.array());
    }

    static Bytes32 type(String encoded) {
        return Keccak.hash(encoded.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SigningDomain that && separator.equals(that.separator);
    }

    @Override
    public int hashCode() {
        return separator.hashCode();
    }

    @Override
    public String toString() {
        return "SigningDomain[chainId=%d, vault=%s]".formatted(chainId, vault);
    }
}
