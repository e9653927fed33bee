package io.tollkeeper.protocol;

/**
 * A question about one agreement.
 *
 * @param agreement the agreement asked about
 * @param method name of the RPC as node.proto spells it, for example {@code Position}; so that an answer to one
 *     question cannot be had with the signature for another
 * @param issuedAt Unix second at which it was signed, by the asker's clock; uint40
 */
public record NodeQuery(Bytes32 agreement, String method, long issuedAt) {
    public NodeQuery {
        Limits.range("issuedAt", issuedAt, 0, Limits.UINT40_MAX);
    }
}
