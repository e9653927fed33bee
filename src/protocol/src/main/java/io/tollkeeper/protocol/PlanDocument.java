package io.tollkeeper.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the terms of a plan document and gathers every fault on the way. For one use. */
final class PlanDocument {
    private static final String API_VERSION = "tollkeeper.io/v1";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,10})(s|m|h|d)");
    private static final Pattern AMOUNT = Pattern.compile("0|[1-9]\\d{0,28}");
    private static final Map<String, Long> UNIT_SECONDS = Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);
    private static final Set<String> SECTIONS = Set.of("apiVersion", "plan", "tariff");
    private static final Set<String> FIELDS = Set.of(
            "payee",
            "token",
            "methods",
            "conditions",
            "period",
            "threshold",
            "lowFunds",
            "offlineAfter",
            "withdrawDelay",
            "reportEvery",
            "grace",
            "credit");
    private static final Set<PaymentMethod> SERVED_METHODS = Set.of(PaymentMethod.DEPOSIT);
    private static final Set<PaymentCondition> SERVED_CONDITIONS = Set.of(PaymentCondition.STOP, PaymentCondition.TIME);

    private final JsonNode document;
    private final JsonNode plan;
    private final List<PlanDocumentException.Fault> faults = new ArrayList<>();

    PlanDocument(JsonNode document) {
        this.document = document;
        this.plan = document.path("plan");
    }

    PlanTerms terms(Bytes32 tariffHash) {
        checkNames();
        Address payee = address("payee", null);
        if (payee != null && payee.isZero()) {
            fault("plan.payee", "expected an address, got the zero address");
        }
        Address token = address("token", Address.ZERO);
        if (token != null && !token.isZero()) {
            fault(
                    "plan.token",
                    "expected the zero address (the chain's native coin; tokens are not served yet), got " + token);
        }
        List<PaymentMethod> methods = list("methods", PaymentMethod.class, SERVED_METHODS);
        if (methods.isEmpty() && faults.stream().noneMatch(f -> f.path().startsWith("plan.methods"))) {
            fault(
                    "plan.methods",
                    "expected at least one of %s, got %s".formatted(SERVED_METHODS, shown(plan.path("methods"))));
        }
        Set<PaymentCondition> conditions = EnumSet.noneOf(PaymentCondition.class);
        conditions.addAll(list("conditions", PaymentCondition.class, SERVED_CONDITIONS));
        long period =
                conditions.contains(PaymentCondition.TIME) ? seconds("period", 1, null) : seconds("period", 0, 0L);
        BigInteger threshold = amount("threshold");
        BigInteger lowFunds = amount("lowFunds");
        long offlineAfter = seconds("offlineAfter", 1, null);
        long withdrawDelay = seconds("withdrawDelay", 1, null);
        long reportEvery = seconds("reportEvery", 1, null);
        long grace = seconds("grace", 0, null);
        BigInteger credit = amount("credit");
        int engineVersion = engineVersion();
        if (withdrawDelay < 2 * offlineAfter
                && faults.stream().noneMatch(f -> f.path().equals("plan.withdrawDelay"))) {
            fault(
                    "plan.withdrawDelay",
                    "expected at least 2 · offlineAfter = %ds, got %ds".formatted(2 * offlineAfter, withdrawDelay));
        }
        if (payee == null || token == null || !faults.isEmpty()) {
            throw new PlanDocumentException(faults);
        }
        return new PlanTerms(
                payee,
                token,
                tariffHash,
                engineVersion,
                methods,
                conditions,
                period,
                threshold,
                lowFunds,
                offlineAfter,
                withdrawDelay,
                reportEvery,
                grace,
                credit);
    }

    private void checkNames() {
        if (!API_VERSION.equals(document.path("apiVersion").asText())) {
            fault("apiVersion", "expected %s, got %s".formatted(API_VERSION, shown(document.path("apiVersion"))));
        }
        unknown(document, SECTIONS, "");
        if (plan.isObject()) {
            unknown(plan, FIELDS, "plan.");
        } else {
            fault("plan", "expected an object, got " + shown(plan));
        }
    }

    private void unknown(JsonNode object, Set<String> known, String prefix) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                fault(
                        prefix + name,
                        "expected no field of this name; known are "
                                + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        });
    }

    private @Nullable Address address(String field, @Nullable Address absent) {
        JsonNode node = plan.path(field);
        if (node.isMissingNode() && absent != null) {
            return absent;
        }
        if (node.isTextual() && node.textValue().matches("0x[0-9a-fA-F]{40}")) {
            return Address.fromHex(node.textValue());
        }
        fault("plan." + field, "expected an address (\"0x\" and 40 hexadecimal digits, quoted), got " + shown(node));
        return null;
    }

    private <E extends Enum<E>> List<E> list(String field, Class<E> type, Set<E> served) {
        JsonNode node = plan.path(field);
        List<E> values = new ArrayList<>();
        if (node.isMissingNode()) {
            return values;
        }
        if (!node.isArray()) {
            fault("plan." + field, "expected a list, got " + shown(node));
            return values;
        }
        Map<String, E> byName = served.stream().collect(Collectors.toMap(Enum::name, Function.identity()));
        for (int i = 0; i < node.size(); i++) {
            E value = byName.get(node.get(i).asText());
            if (value == null) {
                fault(
                        "plan.%s[%d]".formatted(field, i),
                        "expected one of %s, got %s%s"
                                .formatted(
                                        byName.keySet().stream().sorted().toList(),
                                        shown(node.get(i)),
                                        hint(type, node.get(i).asText())));
            } else if (values.contains(value)) {
                fault("plan.%s[%d]".formatted(field, i), "expected each once, got %s again".formatted(value));
            } else {
                values.add(value);
            }
        }
        return values;
    }

    private static <E extends Enum<E>> String hint(Class<E> type, String name) {
        if (name.equals(PaymentCondition.OFFLINE.name()) || name.equals(PaymentCondition.WITHDRAW.name())) {
            return ", which holds in every plan and is not named";
        }
        boolean known =
                List.of(type.getEnumConstants()).stream().anyMatch(e -> e.name().equals(name));
        return known ? ", which is not served yet" : "";
    }

    private long seconds(String field, long least, @Nullable Long absent) {
        JsonNode node = plan.path(field);
        if (node.isMissingNode() && absent != null) {
            return absent;
        }
        Matcher duration = DURATION.matcher(node.asText());
        if (node.isTextual() && duration.matches()) {
            long seconds = Long.parseLong(duration.group(1)) * UNIT_SECONDS.getOrDefault(duration.group(2), 1L);
            if (seconds >= least && seconds <= Limits.UINT32_MAX) {
                return seconds;
            }
        }
        fault(
                "plan." + field,
                "expected a duration from %ds to %ds such as 30s, 5m, 12h or 7d, got %s"
                        .formatted(least, Limits.UINT32_MAX, shown(node)));
        return least;
    }

    private BigInteger amount(String field) {
        JsonNode node = plan.path(field);
        if (node.isMissingNode()) {
            return BigInteger.ZERO;
        }
        if (node.isTextual() && AMOUNT.matcher(node.textValue()).matches()) {
            BigInteger value = new BigInteger(node.textValue());
            if (value.compareTo(Limits.UINT96_MAX) <= 0) {
                return value;
            }
        }
        fault(
                "plan." + field,
                "expected base units as a decimal string from \"0\" to \"%s\", got %s"
                        .formatted(Limits.UINT96_MAX, shown(node)));
        return BigInteger.ZERO;
    }

    private int engineVersion() {
        JsonNode node = document.path("tariff").path("engineVersion");
        if (node.isInt() && node.intValue() >= 1 && node.intValue() <= Limits.UINT16_MAX) {
            return node.intValue();
        }
        fault(
                "tariff.engineVersion",
                "expected a number from 1 to %d, got %s".formatted(Limits.UINT16_MAX, shown(node)));
        return 1;
    }

    private void fault(String path, String rule) {
        faults.add(new PlanDocumentException.Fault(path, rule));
    }

    private static String shown(JsonNode node) {
        return node instanceof MissingNode ? "nothing" : node.toString();
    }
}
