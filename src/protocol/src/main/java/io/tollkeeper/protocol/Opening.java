package io.tollkeeper.protocol;

/**
 * The wish to open an agreement; payer and signer both sign it.
 *
 * @param plan the plan's id
 * @param payer who pays
 * @param signer whose key signs the records
 * @param nonce tells agreements of the same plan and signer apart; uint40
 */
public record Opening(Bytes32 plan, Address payer, Address signer, long nonce) {
    public Opening {
        Limits.range("nonce", nonce, 0, Limits.UINT40_MAX);
    }
}
