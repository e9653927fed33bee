package io.tollkeeper.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/**
 * A payee's offer, registered once on the chain and immutable; its id is the hash of all of these. It holds whatever the
 * contract lets a payee register; what a plan document may say is narrower, see {@link #fromDocument}.
 *
 * @param payee who is paid
 * @param token what is paid; {@link Address#ZERO} is the chain's native coin
 * @param tariff SHA-256 of the tariff as canonical JSON
 * @param engineVersion version of the rating code that the tariff is written for; uint16
 * @param methods how charges are paid, in the order in which they are tried; one to three different ones
 * @param conditions what lets the contract collect; OFFLINE and WITHDRAW hold in every plan, named here or not, and a plan
 *     document does not name them
 * @param period of TIME, seconds; uint32, at least 1 with TIME
 * @param threshold of THRESHOLD, base units; uint96
 * @param lowFunds of LOW_FUNDS, base units; uint96
 * @param offlineAfter seconds after a record's asOf from which it may be collected in any case; uint32
 * @param withdrawDelay seconds in which a payer's withdrawal matures; uint32, at least twice offlineAfter
 * @param reportEvery seconds between two reports of a client; uint32
 * @param grace seconds that a service goes on beyond reportEvery without a new report; uint32
 * @param credit base units that may be used beyond the funds; uint96
 */
public record PlanTerms(
        Address payee,
        Address token,
        Bytes32 tariff,
        int engineVersion,
        List<PaymentMethod> methods,
        Set<PaymentCondition> conditions,
        long period,
        BigInteger threshold,
        BigInteger lowFunds,
        long offlineAfter,
        long withdrawDelay,
        long reportEvery,
        long grace,
        BigInteger credit) {
    /** EIP-712 type of a plan. */
    public static final String TYPE = "Plan(address payee,address token,bytes32 tariff,uint16 engineVersion,"
            + "uint24 methods,uint8 conditions,uint32 period,uint96 threshold,uint96 lowFunds,uint32 offlineAfter,"
            + "uint32 withdrawDelay,uint32 reportEvery,uint32 grace,uint96 credit)";

    private static final Bytes32 TYPE_HASH = SigningDomain.type(TYPE);

    public PlanTerms {
        methods = List.copyOf(methods);
        conditions = Set.copyOf(conditions);
        if (payee.isZero()) {
            throw new IllegalArgumentException("expected a payee, got the zero address");
        }
        Limits.range("engineVersion", engineVersion, 0, Limits.UINT16_MAX);
        if (methods.isEmpty() || methods.size() != Set.copyOf(methods).size()) {
            throw new IllegalArgumentException("expected one to three different methods, got " + methods);
        }
        Limits.range("period", period, conditions.contains(PaymentCondition.TIME) ? 1 : 0, Limits.UINT32_MAX);
        Limits.uint96("threshold", threshold);
        Limits.uint96("lowFunds", lowFunds);
        Limits.range("offlineAfter", offlineAfter, 0, Limits.UINT32_MAX);
        Limits.range("withdrawDelay", withdrawDelay, 2 * offlineAfter, Limits.UINT32_MAX);
        Limits.range("reportEvery", reportEvery, 0, Limits.UINT32_MAX);
        Limits.range("grace", grace, 0, Limits.UINT32_MAX);
        Limits.uint96("credit", credit);
    }

    /**
     * Reads the {@code plan} section of a plan document, and the engine version of its {@code tariff} section.
     *
     * @param document the whole document
     * @param tariffHash the hash of its tariff section ({@code Tariff.hash()} of {@code rating})
     * @throws PlanDocumentException with every fault of the section
     */
    public static PlanTerms fromDocument(JsonNode document, Bytes32 tariffHash) {
        return new PlanDocument(document).terms(tariffHash);
    }

    /** The methods as the contract has them: a byte each, the first in the lowest; uint24. */
    public int methodsCode() {
        int code = 0;
        for (int i = 0; i < methods.size(); i++) {
            code |= methods.get(i).code() << (8 * i);
        }
        return code;
    }

    /** The conditions as the contract has them: a bit each; uint8. */
    public int conditionsMask() {
        return conditions.stream().mapToInt(PaymentCondition::bit).sum();
    }

    /** The plan's id: EIP-712's hashStruct, without a domain, so that one plan has one id in every deployment. */
    public Bytes32 planId() {
        return new AbiWords()
                .bytes32(TYPE_HASH)
                .address(payee)
                .address(token)
                .bytes32(tariff)
                .uint(engineVersion)
                .uint(methodsCode())
                .uint(conditionsMask())
                .uint(period)
                .uint(threshold)
                .uint(lowFunds)
                .uint(offlineAfter)
                .uint(withdrawDelay)
                .uint(reportEvery)
                .uint(grace)
                .uint(credit)
                .keccak();
    }
}
