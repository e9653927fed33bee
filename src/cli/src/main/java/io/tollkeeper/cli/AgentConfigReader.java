package io.tollkeeper.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.client.NetworkCollector;
import io.tollkeeper.client.Spool;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads an agent's configuration and gathers every fault on the way. For one use. */
final class AgentConfigReader {
    private static final String API_VERSION = "tollkeeper.io/v1";
    private static final Set<String> FIELDS = Set.of(
            "apiVersion",
            "agreement",
            "signerKeyFile",
            "planFile",
            "servers",
            "serversFile",
            "chain",
            "chainFile",
            "spool",
            "journal",
            "collectors",
            "stopPatience");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long SPOOL_BYTES_MIN = 1 << 20;

    private final Path file;
    private final List<Fault> faults = new ArrayList<>();

    AgentConfigReader(Path file) {
        this.file = file;
    }

    AgentConfig read() throws FaultsException {
        var document = Yaml.read(file);
        unknown(document, FIELDS, "");
        var apiVersion = document.path("apiVersion").asText();
        if (!apiVersion.equals(API_VERSION)) {
            wrong("apiVersion", API_VERSION, shown(document.path("apiVersion")));
        }
        var agreement = agreement(document.path("agreement"));
        var key = path(document, "signerKeyFile").flatMap(this::key);
        var plan = path(document, "planFile").flatMap(this::plan);
        var serversFile = document.has("serversFile") ? path(document, "serversFile") : Optional.<Path>empty();
        var servers = servers(document, serversFile);
        var chain = chain(document);
        var spool = document.path("spool");
        unknown(spool, Set.of("dir", "maxBytes"), "spool.");
        var spoolFolder =
                spool.isObject() ? path(spool, "dir", "spool.dir") : this.<Path>missing("spool.dir", "a folder");
        var limits = limits(spool.path("maxBytes"));
        var journal = document.has("journal") ? path(document, "journal") : Optional.<Path>empty();
        var sources =
                plan.map(known -> sources(document.path("collectors"), known)).orElse(List.of());
        var patience = patience(document.path("stopPatience"));
        if (!faults.isEmpty()) {
            throw new FaultsException(faults);
        }
        return new AgentConfig(
                agreement.orElseThrow(),
                key.orElseThrow(),
                plan.orElseThrow(),
                servers,
                serversFile,
                chain.orElseThrow(),
                spoolFolder.orElseThrow(),
                limits,
                journal,
                sources,
                patience);
    }

    private Optional<Bytes32> agreement(JsonNode node) {
        if (node.isTextual() && node.textValue().matches("0x[0-9a-fA-F]{64}")) {
            return Optional.of(Bytes32.fromHex(node.textValue()));
        }
        if (node.isMissingNode()) {
            return missing("agreement", "an agreement's id");
        }
        wrong("agreement", "an agreement's id, \"0x\" and 64 hexadecimal digits, quoted", shown(node));
        return Optional.empty();
    }

    private Optional<SignerKey> key(Path keyFile) {
        return orFaults(() -> KeyFile.read(keyFile));
    }

    private Optional<PlanFile> plan(Path planFile) {
        return orFaults(() -> PlanFile.read(planFile));
    }

    private Optional<ChainConfig> chain(JsonNode document) {
        if (document.has("chain") == document.has("chainFile")) {
            fault(
                    Fault.Rule.FIELD_MISSING,
                    "chain",
                    "either chain or chainFile",
                    document.has("chain") ? "both" : "neither");
            return Optional.empty();
        }
        if (document.has("chain")) {
            if (!document.path("chain").isObject()) {
                wrong("chain", "an object", shown(document.path("chain")));
                return Optional.empty();
            }
            return orFaults(() -> ChainFile.parse(document.path("chain"), file + ": chain"));
        }
        return path(document, "chainFile").flatMap(chainFile -> orFaults(() -> ChainFile.read(chainFile)));
    }

    private List<String> servers(JsonNode document, Optional<Path> serversFile) {
        if (document.has("servers") == document.has("serversFile")) {
            fault(
                    Fault.Rule.FIELD_MISSING,
                    "servers",
                    "either servers or serversFile",
                    document.has("servers") ? "both" : "neither");
            return List.of();
        }
        if (document.has("servers")) {
            return servers(document.path("servers"), file + ": servers");
        }
        return serversFile
                .flatMap(list -> orFaults(() -> Yaml.read(list)))
                .map(list -> servers(list.path("servers"), serversFile.get() + ": servers"))
                .orElse(List.of());
    }

    /** URLs, or objects with a {@code url} as the operator publishes them. */
    private List<String> servers(JsonNode list, String path) {
        var urls = new ArrayList<String>();
        if (!list.isArray() || list.isEmpty()) {
            faults.add(new Fault(Fault.Rule.VALUE_WRONG, path, "a list of at least one URL", shown(list)));
            return urls;
        }
        for (var i = 0; i < list.size(); i++) {
            var node = list.get(i).isObject() ? list.get(i).path("url") : list.get(i);
            var at = path + "[" + i + "]";
            if (!isServerUrl(node.asText())) {
                faults.add(new Fault(Fault.Rule.VALUE_WRONG, at, "http://host:port or https://host:port", shown(node)));
            } else if (urls.contains(node.asText())) {
                faults.add(new Fault(Fault.Rule.VALUE_WRONG, at, "each server once", shown(node) + " again"));
            } else {
                urls.add(node.asText());
            }
        }
        return urls;
    }

    /** The servers of a file that may change while the agent runs. */
    static List<String> serversOf(Path serversFile) throws FaultsException {
        var reader = new AgentConfigReader(serversFile);
        var urls = reader.servers(Yaml.read(serversFile).path("servers"), serversFile + ": servers");
        if (!reader.faults.isEmpty()) {
            throw new FaultsException(reader.faults);
        }
        return List.copyOf(urls);
    }

    private static boolean isServerUrl(String text) {
        try {
            var uri = URI.create(text);
            var scheme = uri.getScheme();
            return ("http".equals(scheme) || "https".equals(scheme))
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private Spool.Limits limits(JsonNode node) {
        if (node.isMissingNode()) {
            return Spool.Limits.DEFAULT;
        }
        if (node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= SPOOL_BYTES_MIN) {
            return new Spool.Limits(Spool.Limits.DEFAULT.segmentBytes(), node.longValue());
        }
        wrong("spool.maxBytes", "a number of bytes of at least " + SPOOL_BYTES_MIN, shown(node));
        return Spool.Limits.DEFAULT;
    }

    private Duration patience(JsonNode node) {
        if (node.isMissingNode()) {
            return STOP_PATIENCE;
        }
        var matcher = DURATION.matcher(node.asText());
        if (!matcher.matches()) {
            wrong("stopPatience", "a duration such as 10s or 500ms", shown(node));
            return STOP_PATIENCE;
        }
        var number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private List<AgentConfig.Source> sources(JsonNode list, PlanFile plan) {
        var sources = new ArrayList<AgentConfig.Source>();
        if (!list.isArray() || list.isEmpty()) {
            wrong("collectors", "a list of at least one collector", shown(list));
            return sources;
        }
        var used = new HashSet<String>();
        for (var i = 0; i < list.size(); i++) {
            var path = "collectors[" + i + "]";
            var node = list.get(i);
            switch (node.path("kind").asText()) {
                case "time" -> {
                    unknown(node, Set.of("kind", "meter"), path + ".");
                    var meter = meter(node, "meter", path, plan, used);
                    meter.ifPresent(id -> sources.add(new AgentConfig.Source.Time(id)));
                    if (!node.has("meter")) {
                        missing(path + ".meter", "the name of a meter of the tariff");
                    }
                }
                case "network" -> {
                    unknown(node, Set.of("kind", "interface", "received", "sent"), path + ".");
                    var name = node.path("interface").asText();
                    if (name.isEmpty()) {
                        missing(path + ".interface", "the name of a network interface");
                    }
                    var received = meter(node, "received", path, plan, used);
                    var sent = meter(node, "sent", path, plan, used);
                    if (!node.has("received") && !node.has("sent")) {
                        missing(path + ".received", "received, sent or both: names of meters of the tariff");
                    }
                    if (!name.isEmpty()) {
                        checkInterface(name, path);
                    }
                    sources.add(new AgentConfig.Source.Network(name, received, sent));
                }
                default -> wrong(path + ".kind", "time or network", shown(node.path("kind")));
            }
        }
        return sources;
    }

    private void checkInterface(String name, String path) {
        try {
            NetworkCollector.kernel(name).read();
        } catch (IOException failure) {
            fault(
                    Fault.Rule.SOURCE_UNREADABLE,
                    path + ".interface",
                    "a network interface of this machine",
                    String.valueOf(failure.getMessage()));
        }
    }

    private OptionalInt meter(JsonNode node, String field, String path, PlanFile plan, Set<String> used) {
        if (!node.has(field)) {
            return OptionalInt.empty();
        }
        var name = node.path(field).asText();
        var meter = plan.tariff().meter(name);
        var known = new TreeSet<String>();
        plan.tariff().meters().forEach(it -> known.add(it.name()));
        if (meter.isEmpty()) {
            fault(
                    Fault.Rule.MISMATCH,
                    path + "." + field,
                    "a meter of the tariff, one of " + known,
                    shown(node.path(field)));
            return OptionalInt.empty();
        }
        if (!used.add(name)) {
            fault(Fault.Rule.MISMATCH, path + "." + field, "each meter once", name + " again");
        }
        return OptionalInt.of(meter.get().id());
    }

    private interface Read<T> {
        T read() throws FaultsException;
    }

    private <T> Optional<T> orFaults(Read<T> read) {
        try {
            return Optional.of(read.read());
        } catch (FaultsException wrong) {
            faults.addAll(wrong.faults());
            return Optional.empty();
        }
    }

    private Optional<Path> path(JsonNode node, String field) {
        return path(node, field, field);
    }

    /** Paths are relative to the configuration file. */
    private Optional<Path> path(JsonNode node, String field, String name) {
        var value = node.path(field);
        if (value.isMissingNode()) {
            return missing(name, "a path");
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            wrong(name, "a path", shown(value));
            return Optional.empty();
        }
        return Optional.of(
                file.toAbsolutePath().resolveSibling(value.textValue()).normalize());
    }

    private void unknown(JsonNode node, Set<String> known, String prefix) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                fault(Fault.Rule.FIELD_UNKNOWN, prefix + name, "one of " + new TreeSet<>(known), name);
            }
        });
    }

    private <T> Optional<T> missing(String path, String expected) {
        fault(Fault.Rule.FIELD_MISSING, path, expected, "nothing");
        return Optional.empty();
    }

    private void wrong(String path, String expected, String actual) {
        fault(Fault.Rule.VALUE_WRONG, path, expected, actual);
    }

    private void fault(Fault.Rule rule, String path, String expected, String actual) {
        faults.add(new Fault(rule, file + ": " + path, expected, actual));
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }
}
