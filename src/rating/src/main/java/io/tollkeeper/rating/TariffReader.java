package io.tollkeeper.rating;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tariff and gathers every fault on the way. Nothing is guessed: an unknown field is a fault, since a misspelt
 * one would change what customers pay. For one use.
 */
final class TariffReader {
    /** As many counters as a record may carry. */
    private static final int MAX_METERS = 256;

    private static final int MAX_LINES = 256;
    private static final int MAX_METER_ID = 65_535;
    private static final int MAX_TEXT = 64;
    private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9_-]{0,63}");
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9]\\d{0,28}");
    private static final BigInteger MAX_PRICE = BigInteger.ONE.shiftLeft(96).subtract(BigInteger.ONE);
    private static final BigInteger MAX_PER = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Set<String> FIELDS = Set.of("version", "engineVersion", "window", "meters", "lines");
    private static final Set<String> METER_FIELDS = Set.of("id", "name", "unit");
    private static final Set<String> LINE_FIELDS = Set.of("name", "meter", "kind", "price", "per", "rounding");

    private final List<TariffException.Fault> faults = new ArrayList<>();

    Tariff read(JsonNode tariff) {
        if (!tariff.isObject()) {
            fault("tariff", "an object", tariff);
            throw new TariffException(faults);
        }
        checkNames("tariff", tariff, FIELDS);
        String version = text("tariff.version", tariff.path("version"));
        JsonNode engine = tariff.path("engineVersion");
        if (!engine.isInt() || engine.intValue() != Tariff.ENGINE_VERSION) {
            fault("tariff.engineVersion", "the number " + Tariff.ENGINE_VERSION, engine);
        }
        JsonNode window = tariff.path("window");
        if (!window.isTextual() || !window.textValue().equals("none")) {
            fault("tariff.window", "none (one window for the agreement's whole life)", window);
        }
        Map<String, Meter> meters = meters(tariff.path("meters"));
        List<TariffLine> lines = lines(tariff.path("lines"), meters);
        if (!faults.isEmpty()) {
            throw new TariffException(faults);
        }
        return new Tariff(version, List.copyOf(meters.values()), lines, CanonicalJson.encode(tariff));
    }

    private Map<String, Meter> meters(JsonNode list) {
        Map<String, Meter> byName = new LinkedHashMap<>();
        Set<Integer> ids = new HashSet<>();
        if (!isList("tariff.meters", list, MAX_METERS)) {
            return byName;
        }
        for (int i = 0; i < list.size(); i++) {
            String path = "tariff.meters[%d]".formatted(i);
            JsonNode meter = list.get(i);
            if (!meter.isObject()) {
                fault(path, "an object", meter);
                continue;
            }
            checkNames(path, meter, METER_FIELDS);
            JsonNode id = meter.path("id");
            if (!id.isInt() || id.intValue() < 1 || id.intValue() > MAX_METER_ID) {
                fault(path + ".id", "a number from 1 to " + MAX_METER_ID, id);
            } else if (!ids.add(id.intValue())) {
                fault(path + ".id", "an id of its own", id);
            }
            String name = name(path + ".name", meter.path("name"));
            String unit = text(path + ".unit", meter.path("unit"));
            if (!name.isEmpty() && byName.putIfAbsent(name, new Meter(id.intValue(), name, unit)) != null) {
                fault(path + ".name", "a name of its own", meter.path("name"));
            }
        }
        return byName;
    }

    private List<TariffLine> lines(JsonNode list, Map<String, Meter> meters) {
        List<TariffLine> lines = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (!isList("tariff.lines", list, MAX_LINES)) {
            return lines;
        }
        for (int i = 0; i < list.size(); i++) {
            String path = "tariff.lines[%d]".formatted(i);
            JsonNode line = list.get(i);
            if (!line.isObject()) {
                fault(path, "an object", line);
                continue;
            }
            checkNames(path, line, LINE_FIELDS);
            String name = name(path + ".name", line.path("name"));
            if (!name.isEmpty() && !names.add(name)) {
                fault(path + ".name", "a name of its own", line.path("name"));
            }
            Meter meter = meters.get(line.path("meter").asText());
            if (meter == null) {
                fault(path + ".meter", "one of the meters " + meters.keySet(), line.path("meter"));
            }
            if (!line.path("kind").asText().equals("perUnit")) {
                fault(path + ".kind", "perUnit", line.path("kind"));
            }
            BigInteger price = decimal(path + ".price", line.path("price"), BigInteger.ZERO, MAX_PRICE);
            BigInteger per = line.has("per")
                    ? decimal(path + ".per", line.path("per"), BigInteger.ONE, MAX_PER)
                    : BigInteger.ONE;
            Rounding rounding = rounding(path + ".rounding", line.path("rounding"));
            if (meter != null && rounding != null) {
                lines.add(new TariffLine.PerUnit(name, meter, price, per, rounding));
            }
        }
        return lines;
    }

    private boolean isList(String path, JsonNode list, int most) {
        if (list.isArray() && !list.isEmpty() && list.size() <= most) {
            return true;
        }
        if (list.isArray()) {
            faults.add(
                    new TariffException.Fault(path, "expected 1 to %d entries, got %d".formatted(most, list.size())));
        } else {
            fault(path, "a list", list);
        }
        return false;
    }

    private void checkNames(String path, JsonNode object, Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                faults.add(new TariffException.Fault(
                        path + "." + name,
                        "expected no field of this name; known are "
                                + known.stream().sorted().collect(Collectors.joining(", "))));
            }
        });
    }

    private String name(String path, JsonNode node) {
        if (node.isTextual() && NAME.matcher(node.textValue()).matches()) {
            return node.textValue();
        }
        fault(path, "a name of letters, digits, - and _, a small letter first, at most 64 in all", node);
        return "";
    }

    private String text(String path, JsonNode node) {
        if (node.isTextual()
                && !node.textValue().isBlank()
                && node.textValue().length() <= MAX_TEXT
                && node.textValue()
                        .chars()
                        .noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
            return node.textValue();
        }
        fault(path, "a text (quoted) of 1 to %d characters".formatted(MAX_TEXT), node);
        return "";
    }

    private BigInteger decimal(String path, JsonNode node, BigInteger least, BigInteger most) {
        if (node.isTextual() && DECIMAL.matcher(node.textValue()).matches()) {
            BigInteger value = new BigInteger(node.textValue());
            if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
        }
        fault(path, "a decimal string from \"%s\" to \"%s\"".formatted(least, most), node);
        return BigInteger.ONE;
    }

    private @Nullable Rounding rounding(String path, JsonNode node) {
        for (Rounding rounding : Rounding.values()) {
            if (node.isTextual() && rounding.name().equals(node.textValue())) {
                return rounding;
            }
        }
        fault(path, "one of DOWN, UP, HALF_UP", node);
        return null;
    }

    private void fault(String path, String expected, JsonNode actual) {
        faults.add(new TariffException.Fault(
                path, "expected %s, got %s".formatted(expected, actual.isMissingNode() ? "nothing" : actual)));
    }
}
