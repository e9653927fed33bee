package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SigningDomainTest {
    /** EIP-712 once more, from its text: every value a number of 32 bytes, hashed by another hand. */
    private static Bytes32 naive(String type, Object... members) {
        List<byte[]> words = new ArrayList<>();
        words.add(Keccak.hash(type.getBytes(StandardCharsets.UTF_8)).toByteArray());
        for (Object member : members) {
            BigInteger number =
                    switch (member) {
                        case Bytes32 value -> new BigInteger(1, value.toByteArray());
                        case Address value -> new BigInteger(1, value.toByteArray());
                        case String value ->
                            new BigInteger(
                                    1,
                                    Keccak.hash(value.getBytes(StandardCharsets.UTF_8))
                                            .toByteArray());
                        case BigInteger value -> value;
                        case Number value -> BigInteger.valueOf(value.longValue());
                        default -> throw new IllegalArgumentException(member.toString());
                    };
            byte[] word = new byte[32];
            for (int i = 0; i < 32; i++) {
                word[31 - i] = number.shiftRight(8 * i).byteValue();
            }
            words.add(word);
        }
        return Keccak.hash(words.toArray(byte[][]::new));
    }

    private static Bytes32 naiveDigest(SigningDomain domain, Bytes32 struct) {
        Bytes32 separator = naive(
                "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
                "Tollkeeper",
                "1",
                domain.chainId(),
                domain.vault());
        return Keccak.hash(new byte[] {0x19, 0x01}, separator.toByteArray(), struct.toByteArray());
    }

    @Test
    void hashesAsTheEvmDoes() {
        assertThat(Keccak.hash().hex()).isEqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
        assertThat(Keccak.hash("Transfer(address,address,uint256)".getBytes(StandardCharsets.UTF_8))
                        .hex())
                .isEqualTo("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    }

    @Test
    void everyStructIsHashedAsEip712Says() {
        Random random = Seeds.random();
        for (int i = 0; i < 500; i++) {
            SigningDomain domain = new SigningDomain(1 + random.nextInt(100_000), Samples.address(random));
            UsageRecord usage = Samples.random(random, random.nextInt(4));
            byte[] canonical = CanonicalRecord.encode(usage);
            Bytes32 body = Keccak.hash(java.util.Arrays.copyOfRange(canonical, 62, canonical.length));
            assertThat(domain.digest(usage))
                    .isEqualTo(domain.digestOfCanonical(canonical))
                    .isEqualTo(naiveDigest(
                            domain,
                            naive(
                                    "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)",
                                    usage.agreement(),
                                    usage.branch(),
                                    usage.seq(),
                                    usage.asOf(),
                                    usage.amount(),
                                    usage.kind().code(),
                                    body)));
            Opening opening = new Opening(
                    Samples.bytes32(random),
                    Samples.address(random),
                    Samples.address(random),
                    Samples.bits(random, 40));
            assertThat(domain.digest(opening))
                    .isEqualTo(naiveDigest(
                            domain,
                            naive(
                                    "Opening(bytes32 plan,address payer,address signer,uint40 nonce)",
                                    opening.plan(),
                                    opening.payer(),
                                    opening.signer(),
                                    opening.nonce())));
            Receipt receipt = new Receipt(
                    Samples.bytes32(random),
                    Samples.bits(random, 63),
                    Samples.bytes32(random),
                    Samples.bits(random, 40));
            assertThat(domain.digest(receipt))
                    .isEqualTo(naiveDigest(
                            domain,
                            naive(
                                    "Receipt(bytes32 nodeId,uint64 epoch,bytes32 recordsHash,uint40 anchorBy)",
                                    receipt.nodeId(),
                                    receipt.epoch(),
                                    receipt.recordsHash(),
                                    receipt.anchorBy())));
            Checkpoint checkpoint = new Checkpoint(
                    Samples.bytes32(random),
                    Samples.bits(random, 63),
                    Samples.bits(random, 63),
                    Samples.bytes32(random));
            assertThat(domain.digest(checkpoint))
                    .isEqualTo(naiveDigest(
                            domain,
                            naive(
                                    "Checkpoint(bytes32 nodeId,uint64 epoch,uint64 size,bytes32 root)",
                                    checkpoint.nodeId(),
                                    checkpoint.epoch(),
                                    checkpoint.size(),
                                    checkpoint.root())));
            NodeQuery query = new NodeQuery(Samples.bytes32(random), "Proof", Samples.bits(random, 40));
            assertThat(domain.digest(query))
                    .isEqualTo(naiveDigest(
                            domain,
                            naive(
                                    "NodeQuery(bytes32 agreement,string method,uint40 issuedAt)",
                                    query.agreement(),
                                    query.method(),
                                    query.issuedAt())));
        }
    }

    @Test
    void idsAreHashedAsTheAbiEncodes() {
        PlanTerms terms = Vectors.terms(Set.of(PaymentCondition.STOP, PaymentCondition.TIME), 30);
        assertThat(terms.planId())
                .isEqualTo(naive(
                        PlanTerms.TYPE,
                        terms.payee(),
                        terms.token(),
                        terms.tariff(),
                        1,
                        1,
                        5,
                        30,
                        0,
                        0,
                        20,
                        120,
                        2,
                        2,
                        0));
        Bytes32 plan = terms.planId();
        Address signer = Samples.SIGNER.address();
        assertThat(AgreementIds.agreementId(Samples.DOMAIN, plan, signer, 9))
                .isEqualTo(Keccak.hash(HexFormat.of()
                        .parseHex(Samples.DOMAIN.separator().hex().substring(2)
                                + plan.hex().substring(2)
                                + "00".repeat(12) + signer.hex().substring(2)
                                + "00".repeat(31) + "09")));
        assertThat(AgreementIds.nodeId(Samples.filled(0xf1), "ns", "a-name-that-is-longer-than-one-word", 3))
                .isEqualTo(Keccak.hash(HexFormat.of()
                        .parseHex("f1".repeat(32)
                                + word(0x80)
                                + word(0xc0)
                                + word(3)
                                + word(2) + "6e73" + "00".repeat(30)
                                + word(35)
                                + HexFormat.of()
                                        .formatHex(
                                                "a-name-that-is-longer-than-one-word".getBytes(StandardCharsets.UTF_8))
                                + "00".repeat(29))));
    }

    private static String word(int value) {
        return "%064x".formatted(value);
    }

    @Test
    void anotherChainOrVaultOrFieldIsAnotherDigest() {
        UsageRecord usage = Samples.interim();
        Bytes32 digest = Samples.DOMAIN.digest(usage);
        assertThat(new SigningDomain(1, Samples.DOMAIN.vault()).digest(usage)).isNotEqualTo(digest);
        assertThat(new SigningDomain(31337, Samples.SIGNER.address()).digest(usage))
                .isNotEqualTo(digest);
        byte[] canonical = CanonicalRecord.encode(usage);
        for (int i = 0; i < canonical.length; i++) {
            byte[] changed = canonical.clone();
            changed[i] ^= 1;
            assertThat(Samples.DOMAIN.digestOfCanonical(changed))
                    .as("byte %d is signed", i)
                    .isNotEqualTo(digest);
        }
    }

    @Test
    void aReceiptNamesItsRecordsInTheirOrder() {
        var one = new Receipt.Entry(Samples.filled(1), 5);
        var two = new Receipt.Entry(Samples.filled(2), 6);
        assertThat(Receipt.recordsHash(List.of(one, two)))
                .isEqualTo(Keccak.hash(
                        one.digest().toByteArray(), new byte[] {0, 0, 0, 0, 0, 0, 0, 5},
                        two.digest().toByteArray(), new byte[] {0, 0, 0, 0, 0, 0, 0, 6}))
                .isNotEqualTo(Receipt.recordsHash(List.of(two, one)));
    }

    @Test
    void domainsWithTheSameContentsAreTheSame() {
        assertThat(new SigningDomain(31337, Samples.DOMAIN.vault()))
                .isEqualTo(Samples.DOMAIN)
                .hasSameHashCodeAs(Samples.DOMAIN);
        assertThatThrownBy(() -> new SigningDomain(0, Address.ZERO)).hasMessageContaining("chain id from 1");
    }
}
