package io.tollkeeper.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.node.TestClient;
import io.tollkeeper.node.TestNodes;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.SubmitError;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Address PAYEE = Address.fromHex("0x" + "aa".repeat(20));
    private static final SigningDomain DOMAIN = new SigningDomain(1, Address.fromHex("0x" + "bb".repeat(20)));
    private static final ServedPlan PLAN = TestNodes.plan(PAYEE, "STOP", "0s", "20s");

    private final Admission admission = new Admission(DOMAIN, Map.of(PLAN.planId(), PLAN));
    private final TestClient client =
            new TestClient(DOMAIN, SignerKey.generate(), Bytes32.fromHex("0x" + "01".repeat(32)));
    private final SignedRecord signed = client.next(RecordKind.START, 1_000, 60);
    private final byte[] canonical = CanonicalRecord.encode(signed.record());
    private final byte[] signature = signed.signature().toByteArray();

    private Lookup.Found facts(Bytes32 agreement, Bytes32 planId, Address signer) {
        return new Lookup.Found(
                new AgreementFacts(agreement, planId, PAYEE, signer, 0, BigInteger.TEN, BigInteger.ZERO));
    }

    private Lookup.Found facts() {
        return facts(client.agreement(), PLAN.planId(), client.signer());
    }

    private static SubmitError error(Admission.Result result) {
        assertThat(result).isInstanceOf(Admission.Result.Refused.class);
        return ((Admission.Result.Refused) result).refusal().error();
    }

    @Test
    void admitsASignedRecordOfAServedPlan() {
        assertThat(admission.admit(canonical, signature, facts(), true))
                .isInstanceOfSatisfying(
                        Admission.Result.Admitted.class,
                        admitted -> assertThat(admitted.claim().againstTariff()).isEmpty());
    }

    @Test
    void refusesBytesThatAreNoRecordAndSignaturesThatAreNone() {
        byte[] cut = Arrays.copyOf(canonical, canonical.length - 1);
        assertThat(error(admission.admit(cut, signature, facts(), true))).isEqualTo(SubmitError.RECORD_MALFORMED);
        assertThat(error(admission.admit(canonical, new byte[63], facts(), true)))
                .isEqualTo(SubmitError.RECORD_MALFORMED);
        byte[] tooLong = new byte[CanonicalRecord.MAX_BYTES + 1];
        assertThat(error(admission.admit(tooLong, signature, facts(), true))).isEqualTo(SubmitError.RECORD_TOO_LARGE);
    }

    @Test
    void refusesARecordOfAnotherAgreementThanItsReports() {
        Lookup.Found other = facts(Bytes32.fromHex("0x" + "02".repeat(32)), PLAN.planId(), client.signer());
        assertThat(error(admission.admit(canonical, signature, other, false))).isEqualTo(SubmitError.RECORD_MALFORMED);
    }

    @Test
    void tellsAnUnknownAgreementFromAViewThatIsTooOldToTell() {
        assertThat(error(admission.admit(canonical, signature, new Lookup.Absent(), true)))
                .isEqualTo(SubmitError.AGREEMENT_UNKNOWN);
        assertThat(error(admission.admit(canonical, signature, new Lookup.Unavailable("away", 5), true)))
                .isEqualTo(SubmitError.VIEW_TOO_OLD);
    }

    @Test
    void refusesAPlanThatItDoesNotServe() {
        Lookup.Found other = facts(client.agreement(), Bytes32.fromHex("0x" + "03".repeat(32)), client.signer());
        assertThat(error(admission.admit(canonical, signature, other, true))).isEqualTo(SubmitError.PLAN_NOT_SERVED);
    }

    @Test
    void refusesTheSignatureOfAnotherKeyAndAnyFlippedBit() {
        Lookup.Found other =
                facts(client.agreement(), PLAN.planId(), SignerKey.generate().address());
        assertThat(error(admission.admit(canonical, signature, other, true))).isEqualTo(SubmitError.SIGNATURE_INVALID);
        byte[] flipped = canonical.clone();
        flipped[55] ^= 1;
        assertThat(error(admission.admit(flipped, signature, facts(), true))).isEqualTo(SubmitError.SIGNATURE_INVALID);
    }
}
