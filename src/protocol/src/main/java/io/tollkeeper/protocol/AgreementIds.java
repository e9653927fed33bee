package io.tollkeeper.protocol;

/** How agreements and nodes get their ids. Both are the Keccak-256 of an ABI encoding, the same as in the contracts. */
public final class AgreementIds {
    private AgreementIds() {}

    /**
     * {@code keccak256(abi.encode(domain separator, planId, signer, uint40 nonce))}; the separator is the one of
     * deployment, so that a change of the chain's id locks nothing in.
     */
    public static Bytes32 agreementId(SigningDomain domain, Bytes32 planId, Address signer, long nonce) {
        Limits.range("nonce", nonce, 0, Limits.UINT40_MAX);
        return new AbiWords()
                .bytes32(domain.separator())
                .bytes32(planId)
                .address(signer)
                .uint(nonce)
                .keccak();
    }

    /** {@code keccak256(abi.encode(bytes32 fleet, string namespace, string billingNode, uint32 index))}. */
    public static Bytes32 nodeId(Bytes32 fleet, String namespace, String billingNode, long index) {
        Limits.range("index", index, 0, Limits.UINT32_MAX);
        AbiWords first = new AbiWords().string(namespace);
        int head = 4 * Bytes32.LENGTH;
        return new AbiWords()
                .bytes32(fleet)
                .uint(head)
                .uint(head + first.size())
                .uint(index)
                .append(first)
                .append(new AbiWords().string(billingNode))
                .keccak();
    }
}
