package io.tollkeeper.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainConfigException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A chain's description: the keys that operator, node and clients are given, as a flat YAML map. */
final class ChainFile {
    private ChainFile() {}

    static ChainConfig read(Path file) throws FaultsException {
        return parse(Yaml.read(file), file.toString());
    }

    /** Lists are taken where text has commas, and numbers where it has digits. */
    static ChainConfig parse(JsonNode node, String path) throws FaultsException {
        Map<String, String> keys = new LinkedHashMap<>();
        node.properties().forEach(field -> keys.put(field.getKey(), text(field.getValue())));
        // Only those who read events from the beginning need it.
        keys.putIfAbsent("startBlock", "0");
        try {
            return ChainConfig.from(keys);
        } catch (ChainConfigException wrong) {
            throw new FaultsException(
                    wrong.faults().stream().map(fault -> fault(path, fault)).toList());
        }
    }

    /** As in "endpoints: is missing" and "chainId: expected …, got …". */
    private static Fault fault(String path, String text) {
        var colon = text.indexOf(": ");
        var at = path + "." + text.substring(0, Math.max(0, colon));
        var rule = text.substring(colon + 1).strip();
        return rule.equals("is missing")
                ? new Fault(Fault.Rule.FIELD_MISSING, at, "a value", "nothing")
                : Fault.worded(Fault.Rule.VALUE_WRONG, at, rule);
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(","))
                : value.asText();
    }

    static String write(Map<String, String> keys) {
        return Yaml.write(keys);
    }
}
