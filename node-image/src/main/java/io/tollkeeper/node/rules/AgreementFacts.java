package io.tollkeeper.node.rules;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;

/**
 * What the chain says of an agreement.
 *
 * @param deposit all that was paid in, in base units of the plan's token
 * @param charged all that was charged, in the same units
 */
public record AgreementFacts(
        Bytes32 agreement,
        Bytes32 planId,
        Address payer,
        Address signer,
        long nonce,
        BigInteger deposit,
        BigInteger charged) {

    /** The amount up to which this agreement is served under a plan that gives {@code credit}. */
    public BigInteger limit(BigInteger credit) {
        return deposit.add(credit);
    }
}
