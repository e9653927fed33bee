package io.tollkeeper.api.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrdTest {
    private static final Path ROOT = Path.of("../..");
    private static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema";
    private final ObjectNode crd = Crd.generate();
    private final KubernetesSerialization serialization = new KubernetesSerialization();

    @Test
    void theCommittedFilesAreFresh() throws IOException {
        String advice = "%s is out of date: run `make generate` and commit the result";
        assertThat(ROOT.resolve(WriteCrd.CRD))
                .as(advice, WriteCrd.CRD)
                .content()
                .isEqualTo(Crd.yaml(crd));
        assertThat(ROOT.resolve(WriteCrd.CHART))
                .as(advice, WriteCrd.CHART)
                .content()
                .isEqualTo(Crd.template(crd));
    }

    @Test
    void nothingInTheSchemaLooksLikeATemplateToHelm() {
        assertThat(Crd.yaml(crd)).doesNotContain("{{").doesNotContain("}}");
    }

    /** The server fills defaults group by group, so an empty parent must lead to every default of its children. */
    @Test
    void theDefaultsOfTheSchemaAreThoseOfTheClasses() {
        JsonNode spec = crd.at(SCHEMA + "/properties/spec");
        JsonNode filled = fill(spec, JsonNodeFactory.instance.objectNode());
        BillingNodeSpec fromSchema = serialization.convertValue(filled, BillingNodeSpec.class);
        assertThat(fromSchema).isEqualTo(BillingNodeSpec.DEFAULTS);
        JsonNode fromClasses = serialization.convertValue(BillingNodeSpec.DEFAULTS, ObjectNode.class);
        ((ObjectNode) fromClasses).remove("plans");
        assertThat(filled).isEqualTo(fromClasses);
    }

    @Test
    void everyFieldOfTheSpecificationHasADefaultOrIsNamedHere() {
        List<String> without = new ArrayList<>();
        collectWithoutDefault("spec", crd.at(SCHEMA + "/properties/spec"), without);
        assertThat(without)
                .containsExactlyInAnyOrder(
                        "spec.plans", "spec.plans.configMaps", "spec.image", "spec.pod.priorityClassName");
    }

    @Test
    void everyListSaysHowItMerges() {
        List<String> without = new ArrayList<>();
        collectLists("", crd.at(SCHEMA), without);
        assertThat(without).isEmpty();
    }

    @Test
    void theSampleIsABillingNodeWithThreeReplicas() throws IOException {
        BillingNode sample = serialization.unmarshal(
                Files.readString(ROOT.resolve("crds/samples/billingnode.yaml")), BillingNode.class);
        assertThat(sample.getSpec().replicas()).isEqualTo(3);
        assertThat(sample.getSpec().plans().configMaps()).containsExactly("sample-plan");
        assertThat(sample.getSpec().health().leaseDuration()).isEqualTo("10s");
    }

    /** Server-side apply of a finalizer sends a fresh object; a specification in it would overwrite the owner's. */
    @Test
    void aFreshBillingNodeSaysNothingOfItsSpecification() {
        assertThat(serialization.asYaml(new BillingNode()))
                .doesNotContain("spec")
                .doesNotContain("status");
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "10s, PT10S", "5m, PT5M", "168h, PT168H", "0s, PT0S"})
    void durationsAreANumberAndAUnit(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "1d", "1m30s", "1234567s", " 1s"})
    void nothingElseIsADuration(String text) {
        assertThat(text).doesNotMatch(Durations.PATTERN);
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("expected a duration");
    }

    /** What the API server does with defaults. */
    private static JsonNode fill(JsonNode schema, ObjectNode value) {
        schema.path("properties").properties().forEach(property -> {
            JsonNode child = property.getValue();
            if (!value.has(property.getKey()) && child.has("default")) {
                value.set(property.getKey(), child.get("default").deepCopy());
            }
            if (value.get(property.getKey()) instanceof ObjectNode object) {
                fill(child, object);
            }
        });
        return value;
    }

    private static void collectWithoutDefault(String path, JsonNode schema, List<String> without) {
        schema.path("properties").properties().forEach(property -> {
            String at = path + "." + property.getKey();
            if (!property.getValue().has("default")) {
                without.add(at);
            }
            collectWithoutDefault(at, property.getValue(), without);
        });
    }

    private static void collectLists(String path, JsonNode schema, List<String> without) {
        if ("array".equals(schema.path("type").asText()) && !schema.has("x-kubernetes-list-type")) {
            without.add(path);
        }
        schema.properties().forEach(entry -> collectLists(path + "/" + entry.getKey(), entry.getValue(), without));
    }
}
