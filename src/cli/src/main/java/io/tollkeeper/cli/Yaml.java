package io.tollkeeper.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** YAML files; JSON is YAML too. */
final class Yaml {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Yaml() {}

    static JsonNode read(Path file) throws FaultsException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException failure) {
            throw fault(Fault.Rule.FILE_UNREADABLE, file, "a file that can be read", failure.toString());
        }
        try {
            var node = YAML.readTree(text);
            if (node == null || !node.isObject()) {
                throw fault(
                        Fault.Rule.SYNTAX,
                        file,
                        "an object with fields",
                        node == null || node.isMissingNode() ? "nothing" : "a " + node.getNodeType());
            }
            return node;
        } catch (JsonProcessingException failure) {
            throw fault(Fault.Rule.SYNTAX, file, "YAML or JSON", failure.getOriginalMessage());
        }
    }

    static String write(Map<String, String> keys) {
        try {
            return YAML.writeValueAsString(keys);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static FaultsException fault(Fault.Rule rule, Path file, String expected, String actual) {
        return new FaultsException(List.of(new Fault(rule, file.toString(), expected, actual)));
    }
}
