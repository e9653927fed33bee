package io.tollkeeper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.tollkeeper.api.node.ChainKeys;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Helm makes of the chart; that its objects work together is for the tests on the cluster. */
class ChartTest {
    private static final Path ROOT = root();
    private static final Path CHART = ROOT.resolve("helm/tollkeeper");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern METRIC = Pattern.compile("\\btollkeeper_[a-z_]+\\b");

    /** A chain with all that must be said of it. A line of it may be left out by its first word. */
    private static final String CHAIN = """
            chainId: 31337
            endpoints: ["http://a.example.com:8545", "http://b.example.com:8545"]
            usageAnchor: "0x5FbDB2315678afecb367f032d93F642f64180aa3"
            feeVault: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"
            startBlock: 123456789
            finalityDepth: 12
            fleet: "0x0000000000000000000000000000000000000000000000000000000000000001"
            adminKey: {existingSecret: node-admin}
            """;

    private static final String KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

    private static String helm = "";

    private final Path folder;

    private record Answer(int status, String output) {}

    ChartTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void findHelm() throws Exception {
        var build = new ProcessBuilder(
                        "sh", ROOT.resolve("src/local-cluster/kube/build.sh").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(build.waitFor()).as("status of build.sh").isZero();
        helm = Path.of(lines.getLast()).resolve("helm").toString();
    }

    @Test
    void lintsWithoutAWarning() throws Exception {
        assertThat(helm("lint", "--strict", CHART.toString())).satisfies(ChartTest::succeeded);
        assertThat(helm("lint", "--strict", CHART.toString(), "--values", values(CHAIN)))
                .satisfies(ChartTest::succeeded);
    }

    @Test
    void describesAChainByTheKeysThatOperatorAndNodeRead() throws Exception {
        var chain = object(render(CHAIN), "ConfigMap", "tollkeeper-chain-default");

        assertThat(chain.at("/metadata/labels").path(ChainKeys.LABEL).asText()).isEqualTo("default");
        var data = chain.path("data");
        assertThat(data.properties().stream().map(java.util.Map.Entry::getKey))
                .containsExactlyInAnyOrderElementsOf(chainKeys());
        assertThat(data.path(ChainKeys.CHAIN_ID).asText()).isEqualTo("31337");
        assertThat(data.path(ChainKeys.START_BLOCK).asText()).isEqualTo("123456789");
        assertThat(data.path(ChainKeys.ENDPOINTS).asText())
                .isEqualTo("http://a.example.com:8545,http://b.example.com:8545");
        assertThat(data.path(ChainKeys.ADMIN_SECRET).asText()).isEqualTo("node-admin");
        assertThat(data).allSatisfy(value -> assertThat(value.isTextual()).isTrue());
    }

    @Test
    void takesTheDescriptionThatContractsDeployWrites() throws Exception {
        var written = CHAIN.replace("chainId: 31337", "chainId: \"31337\"")
                .replaceFirst("endpoints: .*", "endpoints: http://a.example.com:8545,http://b.example.com:8545")
                .replace("finalityDepth: 12", "finalityDepth: \"12\"");

        assertThat(object(render(written), "ConfigMap", "tollkeeper-chain-default"))
                .isEqualTo(object(render(CHAIN), "ConfigMap", "tollkeeper-chain-default"));
    }

    @Test
    void makesASecretOnlyOfAKeyInTheValues() throws Exception {
        assertThat(render(CHAIN)).noneMatch(object -> kind(object).equals("Secret"));

        var withKey = render(CHAIN.replaceFirst("adminKey: .*", "adminKey: {value: \"" + KEY + "\"}"));
        var chain = object(withKey, "ConfigMap", "tollkeeper-chain-default");
        var secret = object(
                withKey, "Secret", chain.at("/data/" + ChainKeys.ADMIN_SECRET).asText());
        assertThat(new String(
                        java.util.Base64.getDecoder()
                                .decode(secret.path("data")
                                        .path(ChainKeys.ADMIN_SECRET_KEY)
                                        .asText()),
                        StandardCharsets.US_ASCII))
                .isEqualTo(KEY);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "chainId",
                "endpoints",
                "usageAnchor",
                "feeVault",
                "startBlock",
                "finalityDepth",
                "fleet",
                "adminKey"
            })
    void refusesAChainThatLacksAFieldByItsName(String field) throws Exception {
        var without =
                CHAIN.lines().filter(line -> !line.startsWith(field + ":")).collect(Collectors.joining("\n"));

        assertThat(template(values(without))).satisfies(answer -> refused(answer, "/chains/default", field));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # values that replace or join the good ones, as JSON                    | what the refusal names
            {"chains":{"default":{"chainId":0}}}                                     | /chains/default/chainId
            {"chains":{"default":{"chainId":"0x7a69"}}}                              | /chains/default/chainId
            {"chains":{"default":{"endpoints":[]}}}                                  | /chains/default/endpoints
            {"chains":{"default":{"endpoints":["ftp://a"]}}}                         | /chains/default/endpoints/0
            {"chains":{"default":{"usageAnchor":"0x12"}}}                            | /chains/default/usageAnchor
            {"chains":{"default":{"usageAnchor":"0x0000000000000000000000000000000000000000"}}} | chains.default.usageAnchor
            {"chains":{"default":{"feeVault":5}}}                                    | /chains/default/feeVault
            {"chains":{"default":{"startBlock":-1}}}                                 | /chains/default/startBlock
            {"chains":{"default":{"finalityDepth":1.5}}}                             | /chains/default/finalityDepth
            {"chains":{"default":{"blockTime":12}}}                                  | /chains/default/blockTime
            {"chains":{"default":{"fleet":"default"}}}                               | /chains/default/fleet
            {"chains":{"default":{"gasFirstWei":20000000000000000}}}                 | /chains/default/gasFirstWei
            {"chains":{"default":{"gasLowWei":"0.1"}}}                               | /chains/default/gasLowWei
            {"chains":{"default":{"gasLowWei":"90000000000000000"}}}                 | chains.default.gasTargetWei
            {"chains":{"default":{"adminKey":{"existingSecret":""}}}}                | chains.default.adminKey
            {"chains":{"default":{"adminKey":{"value":"0x12"}}}}                     | /chains/default/adminKey/value
            {"chains":{"default":{"adminKey":{"value":"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"}}}} | chains.default.adminKey
            {"chains":{"default":{"gasFrist":"1"}}}                                  | gasFrist
            {"chains":{"Main_Net":{"chainId":1}}}                                    | Main_Net
            {"watchNamespaces":["billing","Not_A_Name"]}                             | /watchNamespaces/1
            {"operator":{"replicas":"two"}}                                          | /operator/replicas
            {"operator":{"image":{"pullPolicy":"Sometimes"}}}                        | /operator/image/pullPolicy
            {"operator":{"resource":{}}}                                             | resource
            {"replicas":2}                                                           | replicas
            """)
    void refusesWhatIsWrongByItsName(String json, String named) throws Exception {
        var wrong = folder.resolve("wrong.json");
        Files.writeString(wrong, json);

        assertThat(template(values(CHAIN), "--values", wrong.toString())).satisfies(answer -> refused(answer, named));
    }

    @Test
    void givesTheOperatorNothingThatItDoesNotName() throws Exception {
        var rules = render(CHAIN).stream()
                .filter(object -> kind(object).endsWith("Role"))
                .flatMap(role -> StreamSupport.stream(role.path("rules").spliterator(), false))
                .toList();

        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            assertThat(texts(rule.path("resources"))).isNotEmpty().doesNotContain("*");
            assertThat(texts(rule.path("verbs")))
                    .isNotEmpty()
                    .doesNotContain("*", "escalate", "bind", "impersonate", "deletecollection");
            if (rule.has("resourceNames")) {
                // An empty list would allow every name.
                assertThat(texts(rule.path("resourceNames"))).isNotEmpty();
            }
            if (texts(rule.path("resources")).contains("secrets")) {
                assertThat(texts(rule.path("verbs"))).doesNotContain("list", "watch", "update", "patch");
            }
        });
    }

    @Test
    void bindsTheOperatorInTheNamedNamespacesOnly() throws Exception {
        var all = render(CHAIN);
        assertThat(names(all, "ClusterRoleBinding"))
                .containsExactlyInAnyOrder("tollkeeper-operator-cluster", "tollkeeper-operator-billingnodes");
        assertThat(watched(all)).isEqualTo("JOSDK_ALL_NAMESPACES");

        var some = render(CHAIN, "--set", "watchNamespaces={billing,shop}");
        assertThat(names(some, "ClusterRoleBinding")).containsExactly("tollkeeper-operator-cluster");
        assertThat(some.stream()
                        .filter(object -> kind(object).equals("RoleBinding"))
                        .filter(object -> name(object).equals("tollkeeper-operator-billingnodes"))
                        .map(object -> object.at("/metadata/namespace").asText()))
                .containsExactlyInAnyOrder("billing", "shop");
        assertThat(watched(some)).isEqualTo("billing,shop");
    }

    @Test
    void leavesOutWhatIsSwitchedOff() throws Exception {
        var objects = render(CHAIN, "--set", "crds.create=false,dashboards.enabled=false");

        assertThat(objects).noneMatch(object -> kind(object).equals("CustomResourceDefinition"));
        assertThat(names(objects, "ConfigMap")).containsExactly("tollkeeper-chain-default");
    }

    @Test
    void showsOnlyFiguresThatNodeOrOperatorHave() throws Exception {
        var shipped = object(render(CHAIN), "ConfigMap", "tollkeeper-dashboard");
        assertThat(shipped.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        var dashboard = JSON.readTree(shipped.at("/data/tollkeeper.json").asText());

        var shown = new TreeSet<String>();
        for (var panel : dashboard.path("panels")) {
            for (var target : panel.path("targets")) {
                METRIC.matcher(target.path("expr").asText()).results().forEach(found -> shown.add(found.group()));
            }
        }
        assertThat(shown).hasSizeGreaterThan(10);
        var made = sources();
        assertThat(shown).allSatisfy(metric -> assertThat(made)
                .as("the sources of node and operator, which should make %s", metric)
                .contains("\"" + metric.replaceFirst("_(bucket|sum|count)$", "") + "\""));
    }

    @Test
    void explainsEveryValueInTheReadme() throws Exception {
        var readme = Files.readString(CHART.resolve("README.md"));
        var values = new ArrayList<String>();
        collect("", JSON.readTree(Files.readString(CHART.resolve("values.schema.json"))), values);

        assertThat(values).hasSizeGreaterThan(25).allSatisfy(value -> assertThat(readme)
                .contains("| `" + value + "` |"));
    }

    private static void collect(String path, JsonNode schema, List<String> values) {
        assertThat(schema.path("description").asText())
                .as("description of %s", path)
                .isNotBlank();
        var dot = path.isEmpty() ? "" : path + ".";
        if (schema.has("patternProperties")) {
            schema.path("patternProperties").forEach(one -> collect(dot + "NAME", one, values));
        } else if (schema.has("properties")) {
            schema.path("properties").properties().stream()
                    .filter(field -> !field.getKey().equals("global"))
                    .forEach(field -> collect(dot + field.getKey(), field.getValue(), values));
        } else {
            values.add(path);
        }
    }

    private static Set<String> chainKeys() throws IllegalAccessException {
        var notInTheMap = Set.of(ChainKeys.LABEL, ChainKeys.ADMIN_SECRET_KEY);
        var keys = new TreeSet<String>();
        for (var field : ChainKeys.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !notInTheMap.contains(String.valueOf(field.get(null)))) {
                keys.add(String.valueOf(field.get(null)));
            }
        }
        return keys;
    }

    private static String sources() throws IOException {
        var text = new StringBuilder();
        for (var module : List.of("node-image", "operator")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (var file :
                        files.filter(it -> it.toString().endsWith(".java")).toList()) {
                    text.append(Files.readString(file));
                }
            }
        }
        return text.toString();
    }

    private List<JsonNode> render(String chain, String... more) throws Exception {
        var answer = template(values(chain), more);
        succeeded(answer);
        try (var parser = YAML.createParser(answer.output())) {
            return YAML.readValues(parser, JsonNode.class).readAll().stream()
                    .filter(JsonNode::isObject)
                    .toList();
        }
    }

    /** A values file with this as its chain "default"; gives its path. */
    private String values(String chain) throws IOException {
        var file = folder.resolve("values.yaml");
        Files.writeString(file, "chains:\n  default:\n" + chain.indent(4));
        return file.toString();
    }

    private static Answer template(String values, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of(
                "template", "tollkeeper", CHART.toString(), "--namespace", "tollkeeper-system", "--values", values));
        arguments.addAll(Arrays.asList(more));
        return helm(arguments.toArray(String[]::new));
    }

    private static Answer helm(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(helm));
        command.addAll(Arrays.asList(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    private static void succeeded(Answer answer) {
        assertThat(answer.status()).as(answer.output()).isZero();
    }

    private static void refused(Answer answer, String... named) {
        assertThat(answer.status()).as(answer.output()).isNotZero();
        assertThat(answer.output()).contains(named);
    }

    private static JsonNode object(List<JsonNode> objects, String kind, String name) {
        return objects.stream()
                .filter(object -> kind(object).equals(kind) && name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("expected " + kind + " " + name + ", got "
                        + objects.stream().map(it -> kind(it) + " " + name(it)).toList()));
    }

    private static List<String> names(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(object -> kind(object).equals(kind))
                .map(ChartTest::name)
                .toList();
    }

    private static String watched(List<JsonNode> objects) {
        var container = object(objects, "Deployment", "tollkeeper-operator").at("/spec/template/spec/containers/0");
        return StreamSupport.stream(container.path("env").spliterator(), false)
                .filter(variable -> variable.path("name")
                        .asText()
                        .equals("QUARKUS_OPERATOR_SDK_CONTROLLERS_BILLINGNODE_NAMESPACES"))
                .map(variable -> variable.path("value").asText())
                .collect(Collectors.joining());
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static Path root() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("helm/tollkeeper/Chart.yaml"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "expected helm/tollkeeper in a folder above " + Path.of("").toAbsolutePath());
    }
}
