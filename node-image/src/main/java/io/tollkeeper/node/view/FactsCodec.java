package io.tollkeeper.node.view;

import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * {@link AgreementFacts} as they are stored under their agreement.
 *
 * <pre>
 *   0 32 plan id | 32 20 payer | 52 20 signer | 72 8 nonce | 80 16 deposit | 96 16 charged
 * </pre>
 */
final class FactsCodec {
    private static final int ADDRESS_BYTES = 20;
    private static final int AMOUNT_BYTES = 16;

    private FactsCodec() {}

    static byte[] encode(AgreementFacts facts) {
        ByteBuffer out = ByteBuffer.allocate(112)
                .put(facts.planId().toByteArray())
                .put(facts.payer().toByteArray())
                .put(facts.signer().toByteArray())
                .putLong(facts.nonce());
        amount(out, facts.deposit());
        amount(out, facts.charged());
        return out.array();
    }

    static AgreementFacts decode(Bytes32 agreement, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new AgreementFacts(
                agreement,
                Bytes32.of(take(in, Bytes32.LENGTH)),
                Address.of(take(in, ADDRESS_BYTES)),
                Address.of(take(in, ADDRESS_BYTES)),
                in.getLong(),
                new BigInteger(1, take(in, AMOUNT_BYTES)),
                new BigInteger(1, take(in, AMOUNT_BYTES)));
    }

    private static void amount(ByteBuffer out, BigInteger value) {
        byte[] magnitude = value.toByteArray();
        int skip = magnitude[0] == 0 ? 1 : 0;
        int length = magnitude.length - skip;
        out.put(new byte[AMOUNT_BYTES - length]).put(magnitude, skip, length);
    }

    private static byte[] take(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
