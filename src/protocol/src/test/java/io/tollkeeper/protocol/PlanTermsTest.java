package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTermsTest {
    private static final String DOCUMENT = """
            {"apiVersion": "tollkeeper.io/v1",
             "plan": {"payee": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                      "token": "0x0000000000000000000000000000000000000000",
                      "methods": ["DEPOSIT"], "conditions": ["STOP", "TIME"], "period": "30s",
                      "threshold": "0", "lowFunds": "1", "offlineAfter": "20s", "withdrawDelay": "2m",
                      "reportEvery": "2s", "grace": "0s", "credit": "79228162514264337593543950335"},
             "tariff": {"engineVersion": 1}}
            """;

    private static ObjectNode document() {
        try {
            return (ObjectNode) new ObjectMapper().readTree(DOCUMENT);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode plan(ObjectNode document) {
        return (ObjectNode) document.get("plan");
    }

    @Test
    void readsADocument() {
        PlanTerms terms = PlanTerms.fromDocument(document(), Samples.filled(5));
        assertThat(terms)
                .isEqualTo(new PlanTerms(
                        Address.fromHex("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"),
                        Address.ZERO,
                        Samples.filled(5),
                        1,
                        List.of(PaymentMethod.DEPOSIT),
                        Set.of(PaymentCondition.STOP, PaymentCondition.TIME),
                        30,
                        BigInteger.ZERO,
                        BigInteger.ONE,
                        20,
                        120,
                        2,
                        0,
                        Limits.UINT96_MAX));
        assertThat(terms.methodsCode()).isEqualTo(1);
        assertThat(terms.conditionsMask()).isEqualTo(5);
    }

    @Test
    void leavesOutWhatHasADefault() {
        ObjectNode document = document();
        plan(document).remove(List.of("token", "threshold", "lowFunds", "credit", "conditions", "period"));
        PlanTerms terms = PlanTerms.fromDocument(document, Samples.filled(5));
        assertThat(terms.token()).isEqualTo(Address.ZERO);
        assertThat(terms.credit()).isZero();
        assertThat(terms.conditionsMask())
                .as("OFFLINE holds without being named")
                .isZero();
        assertThat(terms.period()).isZero();
    }

    @Test
    void everyTermIsInTheId() {
        PlanTerms terms = PlanTerms.fromDocument(document(), Samples.filled(5));
        assertThat(PlanTerms.fromDocument(document(), Samples.filled(6)).planId())
                .isNotEqualTo(terms.planId());
        for (String change : List.of(
                "payee=0x0000000000000000000000000000000000000001",
                "period=31s",
                "threshold=1",
                "lowFunds=2",
                "offlineAfter=21s",
                "withdrawDelay=121s",
                "reportEvery=3s",
                "grace=1s",
                "credit=0")) {
            ObjectNode document = document();
            plan(document).put(change.substring(0, change.indexOf('=')), change.substring(change.indexOf('=') + 1));
            assertThat(PlanTerms.fromDocument(document, Samples.filled(5)).planId())
                    .as(change)
                    .isNotEqualTo(terms.planId());
        }
        ObjectNode document = document();
        plan(document).putArray("conditions").add("TIME");
        assertThat(PlanTerms.fromDocument(document, Samples.filled(5)).planId()).isNotEqualTo(terms.planId());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            payee         | "0x12"         | expected an address ("0x" and 40 hexadecimal digits, quoted), got "0x12"
            payee         | "0x0000000000000000000000000000000000000000" | expected an address, got the zero address
            token         | "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" | expected the zero address (the chain's native coin; tokens are not served yet), got 0x70997970c51812dc3a010c7d01b50e0d17dc79c8
            methods       | []             | expected at least one of [DEPOSIT], got []
            methods       | ["ALLOWANCE"]  | expected one of [DEPOSIT], got "ALLOWANCE", which is not served yet
            methods       | "DEPOSIT"      | expected a list, got "DEPOSIT"
            methods       | ["DEPOSIT","DEPOSIT"] | expected each once, got DEPOSIT again
            conditions    | ["OFFLINE"]    | expected one of [STOP, TIME], got "OFFLINE", which holds in every plan and is not named
            conditions    | ["THRESHOLD"]  | expected one of [STOP, TIME], got "THRESHOLD", which is not served yet
            conditions    | ["NOON"]       | expected one of [STOP, TIME], got "NOON"
            period        | "0s"           | expected a duration from 1s to 4294967295s such as 30s, 5m, 12h or 7d, got "0s"
            period        | 30             | expected a duration from 1s to 4294967295s such as 30s, 5m, 12h or 7d, got 30
            offlineAfter  | "61s"          | expected at least 2 · offlineAfter = 122s, got 120s
            withdrawDelay | "4294967296s"  | expected a duration from 1s to 4294967295s such as 30s, 5m, 12h or 7d, got "4294967296s"
            reportEvery   | "9999999999d"  | expected a duration from 1s to 4294967295s such as 30s, 5m, 12h or 7d, got "9999999999d"
            credit        | "79228162514264337593543950336" | expected base units as a decimal string from "0" to "79228162514264337593543950335", got "79228162514264337593543950336"
            credit        | "007"          | expected base units as a decimal string from "0" to "79228162514264337593543950335", got "007"
            credit        | -1             | expected base units as a decimal string from "0" to "79228162514264337593543950335", got -1
            gracce        | "1s"           | expected no field of this name; known are conditions, credit, grace, lowFunds, methods, offlineAfter, payee, period, reportEvery, threshold, token, withdrawDelay
            """)
    void refusesByPathAndRule(String field, String value, String rule) throws Exception {
        ObjectNode document = document();
        plan(document).set(field, new ObjectMapper().readTree(value));
        PlanDocumentException thrown = catchThrowableOfType(
                PlanDocumentException.class, () -> PlanTerms.fromDocument(document, Samples.filled(5)));
        assertThat(thrown.faults())
                .extracting(PlanDocumentException.Fault::rule)
                .containsExactly(rule);
        assertThat(thrown.faults())
                .extracting(PlanDocumentException.Fault::path)
                .first()
                .asString()
                .startsWith("plan.");
    }

    @Test
    void namesEveryFaultAtOnce() throws Exception {
        JsonNode document =
                new ObjectMapper().readTree("{\"plan\": {\"payee\": 1, \"conditions\": [\"TIME\"]}, \"extra\": 1}");
        PlanDocumentException thrown = catchThrowableOfType(
                PlanDocumentException.class, () -> PlanTerms.fromDocument(document, Samples.filled(5)));
        assertThat(thrown.faults())
                .extracting(PlanDocumentException.Fault::path)
                .containsExactlyInAnyOrder(
                        "apiVersion",
                        "extra",
                        "plan.payee",
                        "plan.methods",
                        "plan.period",
                        "plan.offlineAfter",
                        "plan.withdrawDelay",
                        "plan.reportEvery",
                        "plan.grace",
                        "tariff.engineVersion");
        assertThatThrownBy(() -> PlanTerms.fromDocument(new ObjectMapper().readTree("[]"), Samples.filled(5)))
                .isInstanceOf(PlanDocumentException.class)
                .hasMessageContaining("plan: expected an object, got nothing");
    }
}
