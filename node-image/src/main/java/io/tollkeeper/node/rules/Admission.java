package io.tollkeeper.node.rules;

import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.UsageRecord;
import java.util.Map;
import java.util.Optional;

/**
 * The checks that need nothing but the record and what the chain says of its agreement; they are the dear ones, and run
 * on many threads. What needs the records round it follows on the committing thread ({@link RecordJudge}).
 */
public final class Admission {
    private static final long RETRY_UNKNOWN_MILLIS = 2_000;

    private final SigningDomain domain;
    private final Map<Bytes32, ServedPlan> plans;

    public Admission(SigningDomain domain, Map<Bytes32, ServedPlan> plans) {
        this.domain = domain;
        this.plans = plans;
    }

    /** What the checks gave: a claim with all that the later checks need, or a refusal. */
    public sealed interface Result {
        record Admitted(Claim claim, AgreementFacts facts, ServedPlan plan) implements Result {}

        /**
         * @param digest absent when the record could not be read
         */
        record Refused(Optional<Bytes32> digest, Decision.Refuse refusal) implements Result {}
    }

    /**
     * @param lookup what is known of the agreement that the report's first record names
     * @param opens whether its report begins with the record and goes on behind it
     */
    public Result admit(byte[] canonical, byte[] signature, Lookup lookup, boolean opens) {
        if (canonical.length > CanonicalRecord.MAX_BYTES) {
            return new Result.Refused(
                    Optional.empty(),
                    Decision.refuse(
                            SubmitError.RECORD_TOO_LARGE,
                            "at most " + CanonicalRecord.MAX_BYTES + " bytes",
                            canonical.length));
        }
        UsageRecord record;
        try {
            record = CanonicalRecord.decode(canonical);
        } catch (MalformedRecordException e) {
            return new Result.Refused(
                    Optional.empty(), Decision.refuse(SubmitError.RECORD_MALFORMED, e.expected(), e.actual()));
        }
        Bytes32 digest = domain.digestOfCanonical(canonical);
        if (signature.length != Signature.LENGTH) {
            return refused(
                    digest,
                    Decision.refuse(
                            SubmitError.RECORD_MALFORMED,
                            "a signature of " + Signature.LENGTH + " bytes",
                            signature.length + " bytes"));
        }
        return switch (lookup) {
            case Lookup.Unavailable(String why, long retryAfterMillis) ->
                refused(digest, Decision.retry(SubmitError.VIEW_TOO_OLD, "a view of the chain", why, retryAfterMillis));
            case Lookup.Absent _ -> refused(digest, unknown(record));
            case Lookup.Found(AgreementFacts facts)
            when !facts.agreement().equals(record.agreement()) ->
                refused(
                        digest,
                        Decision.refuse(
                                SubmitError.RECORD_MALFORMED,
                                "records of agreement " + facts.agreement().hex() + " in this report",
                                record.agreement().hex()));
            case Lookup.Found(AgreementFacts facts) ->
                admit(new SignedRecord(record, Signature.of(signature)), canonical, digest, facts, opens);
        };
    }

    private Result admit(SignedRecord signed, byte[] canonical, Bytes32 digest, AgreementFacts facts, boolean opens) {
        ServedPlan plan = plans.get(facts.planId());
        if (plan == null) {
            return refused(
                    digest,
                    Decision.refuse(
                            SubmitError.PLAN_NOT_SERVED,
                            "a plan of this node's " + plans.size(),
                            facts.planId().hex()));
        }
        Optional<Address> signer = signed.signature().recover(digest);
        if (!signer.equals(Optional.of(facts.signer()))) {
            return refused(
                    digest,
                    Decision.refuse(
                            SubmitError.SIGNATURE_INVALID,
                            "signer " + facts.signer().hex(),
                            signer.map(Address::hex).orElse("no key has this signature")));
        }
        return new Result.Admitted(
                new Claim(signed, digest, canonical, TariffRules.check(signed.record(), plan), opens), facts, plan);
    }

    private static Decision.Refuse unknown(UsageRecord record) {
        return Decision.retry(
                SubmitError.AGREEMENT_UNKNOWN,
                "an open agreement",
                record.agreement().hex(),
                RETRY_UNKNOWN_MILLIS);
    }

    private static Result refused(Bytes32 digest, Decision.Refuse refusal) {
        return new Result.Refused(Optional.of(digest), refusal);
    }
}
