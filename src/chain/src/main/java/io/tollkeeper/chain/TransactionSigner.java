package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Keccak;
import io.tollkeeper.protocol.SignerKey;
import java.math.BigInteger;
import java.time.Instant;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign.SignatureData;
import org.web3j.crypto.TransactionEncoder;

/** Turns a call, a nonce and a fee into the signed bytes of a transaction (EIP-1559, or EIP-155 where legacy). */
final class TransactionSigner {
    private static final int V_OFFSET = 27;
    private static final long NOOP_GAS = 21_000;

    private final SignerKey key;
    private final long chainId;

    TransactionSigner(SignerKey key, long chainId) {
        this.key = key;
        this.chainId = chainId;
    }

    Address address() {
        return key.address();
    }

    Attempt sign(ChainCall call, long nonce, long gasLimit, FeeQuote fee, Instant now, long head) {
        return sign(call, nonce, gasLimit, fee, false, now, head);
    }

    /** A transfer of nothing to ourselves: uses up the nonce. */
    Attempt signNoop(long nonce, FeeQuote fee, Instant now, long head) {
        return sign(ChainCall.of(key.address(), new byte[0]), nonce, NOOP_GAS, fee, true, now, head);
    }

    private Attempt sign(
            ChainCall call, long nonce, long gasLimit, FeeQuote fee, boolean noop, Instant now, long head) {
        var transaction = transaction(call, nonce, gasLimit, fee);
        var unsigned = fee.dynamic()
                ? TransactionEncoder.encode(transaction)
                : TransactionEncoder.encode(transaction, chainId);
        var signature = key.sign(Keccak.hash(unsigned));
        var s = signature.vs().toByteArray();
        s[0] &= 0x7f;
        var data = new SignatureData(
                (byte) (V_OFFSET + signature.yParity()), signature.r().toByteArray(), s);
        var signed = TransactionEncoder.encode(
                transaction, fee.dynamic() ? data : TransactionEncoder.createEip155SignatureData(data, chainId));
        return new Attempt(Keccak.hash(signed), signed, fee, gasLimit, noop, now, head);
    }

    private RawTransaction transaction(ChainCall call, long nonce, long gasLimit, FeeQuote fee) {
        var to = call.to().map(Address::hex).orElse("");
        var data = Hex.data(call.data());
        return fee.dynamic()
                ? RawTransaction.createTransaction(
                        chainId,
                        BigInteger.valueOf(nonce),
                        BigInteger.valueOf(gasLimit),
                        to,
                        call.valueWei(),
                        data,
                        fee.priorityFee(),
                        fee.maxFee())
                : RawTransaction.createTransaction(
                        BigInteger.valueOf(nonce),
                        fee.maxFee(),
                        BigInteger.valueOf(gasLimit),
                        to,
                        call.valueWei(),
                        data);
    }
}
