package io.tollkeeper.api.crd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.tollkeeper.api.BillingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The CRD of BillingNode: what fabric8's generator makes of the classes, and what it cannot say. */
final class Crd {
    static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build());

    private static final String VERSION = "/spec/versions/0";
    private static final String ROOT = VERSION + "/schema/openAPIV3Schema";
    private static final String SPEC = ROOT + "/properties/spec/properties";
    private static final String STATUS = ROOT + "/properties/status/properties";

    private Crd() {}

    /** The CRD as a tree, complete. */
    static ObjectNode generate() {
        ObjectNode crd = fromClasses();
        listTypes(crd);
        itemBounds(crd);
        requireSpec(crd);
        printerColumns(crd);
        strip(object(crd, ROOT + "/properties/status"), "default");
        normalise(crd);
        return crd;
    }

    static String yaml(ObjectNode crd) {
        try {
            return "# Generated from src/api by `make generate`; do not edit.\n" + YAML.writeValueAsString(crd);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The same for the chart. Not one expression of the schema has curly braces in pairs, so that Helm's template
     * language leaves it alone (a test looks).
     */
    static String template(ObjectNode crd) {
        ObjectNode kept = crd.deepCopy();
        ObjectNode metadata = (ObjectNode) kept.get("metadata");
        metadata.putObject("annotations").put("helm.sh/resource-policy", "keep");
        return "{{- if .Values.crds.create }}\n" + yaml(kept) + "{{- end }}\n";
    }

    private static ObjectNode fromClasses() {
        try {
            Path folder = Files.createTempDirectory("crd");
            try {
                new CRDGenerator()
                        .forCRDVersions("v1")
                        .withImplicitPreserveUnknownFields(false)
                        .customResourceClasses(BillingNode.class)
                        .inOutputDir(folder.toFile())
                        .detailedGenerate();
                try (var files = Files.list(folder)) {
                    Path only = files.findFirst().orElseThrow();
                    ObjectNode crd = (ObjectNode) YAML.readTree(only.toFile());
                    Files.delete(only);
                    return crd;
                }
            } finally {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** fabric8 writes no list types; without them server-side apply replaces whole lists. */
    private static void listTypes(ObjectNode crd) {
        mapList(crd, STATUS + "/conditions", "type");
        mapList(crd, STATUS + "/servers", "name");
        mapList(crd, STATUS + "/nodes", "name");
        mapList(crd, STATUS + "/zones", "name");
        setList(crd, SPEC + "/zones");
        setList(crd, SPEC + "/plans/properties/configMaps");
        setList(crd, STATUS + "/nodes/items/properties/failover/properties/excludedZones");
        atomicList(crd, SPEC + "/pod/properties/tolerations");
        atomicList(crd, SPEC + "/pod/properties/imagePullSecrets");
        atomicList(crd, STATUS + "/nodes/items/properties/history");
        setList(crd, STATUS + "/nodes/items/properties/failover/properties/excludedNodes");
    }

    private static void mapList(ObjectNode crd, String path, String key) {
        ObjectNode list = object(crd, path);
        list.put("x-kubernetes-list-type", "map");
        list.putArray("x-kubernetes-list-map-keys").add(key);
        ObjectNode items = (ObjectNode) list.get("items");
        TreeSet<String> required = new TreeSet<>(List.of(key));
        items.path("required").forEach(name -> required.add(name.asText()));
        ArrayNode names = items.putArray("required");
        required.forEach(names::add);
    }

    private static void setList(ObjectNode crd, String path) {
        object(crd, path).put("x-kubernetes-list-type", "set");
    }

    private static void atomicList(ObjectNode crd, String path) {
        object(crd, path).put("x-kubernetes-list-type", "atomic");
    }

    /** Bounds on the items of lists of names, which the annotations of the generator cannot reach. */
    private static void itemBounds(ObjectNode crd) {
        ObjectNode zone = object(crd, SPEC + "/zones/items");
        zone.put("pattern", "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$");
        zone.put("maxLength", 63);
        ObjectNode configMap = object(crd, SPEC + "/plans/properties/configMaps/items");
        configMap.put("pattern", "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$");
        configMap.put("maxLength", 253);
    }

    private static void requireSpec(ObjectNode crd) {
        object(crd, ROOT).putArray("required").add("spec");
    }

    private static void printerColumns(ObjectNode crd) {
        ArrayNode columns = object(crd, VERSION).putArray("additionalPrinterColumns");
        column(columns, "Nodes", "integer", ".spec.replicas", 0);
        column(columns, "Ready", "integer", ".status.readyReplicas", 0);
        column(columns, "Status", "string", ".status.conditions[?(@.type==\"Ready\")].reason", 0);
        column(columns, "Breaker", "boolean", ".status.breaker.open", 1);
        column(columns, "Chain", "string", ".spec.chain", 1);
        column(columns, "Paused", "boolean", ".spec.paused.enabled", 1);
        column(columns, "Age", "date", ".metadata.creationTimestamp", 0);
    }

    private static void column(ArrayNode columns, String name, String type, String path, int priority) {
        columns.addObject()
                .put("name", name)
                .put("type", type)
                .put("jsonPath", path)
                .put("priority", priority);
    }

    /** A status has no defaults: it is what the operator wrote. */
    private static void strip(JsonNode node, String key) {
        if (node instanceof ObjectNode object) {
            object.remove(key);
        }
        node.forEach(child -> strip(child, key));
    }

    /**
     * What the generator gets wrong with records: bounds as decimals, and a rule twice (once from the field, once from
     * its accessor). The defaults of a group it rightly repeats on the group: the API server evaluates the group's rules
     * on the group's default alone, and refuses the whole CRD where a field is missing there.
     */
    private static void normalise(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            for (String bound : List.of("maximum", "minimum")) {
                if (schema.path(bound).isNumber()) {
                    schema.put(bound, schema.get(bound).asLong());
                }
            }
            if (schema.get("x-kubernetes-validations") instanceof ArrayNode rules) {
                Set<JsonNode> once = new LinkedHashSet<>();
                rules.forEach(once::add);
                rules.removeAll();
                once.forEach(rules::add);
            }
        }
        node.forEach(Crd::normalise);
    }

    static ObjectNode object(ObjectNode crd, String path) {
        if (crd.at(path) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalStateException("the generated CRD has nothing at " + path);
    }
}
