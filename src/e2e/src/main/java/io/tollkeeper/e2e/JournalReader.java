package io.tollkeeper.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.rating.CounterKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a client wrote to its journal, also while it runs; a torn last line (it was killed) is no line yet. */
public final class JournalReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JournalReader() {}

    /**
     * @param readings counters of the agreement at each reading, in order
     * @param signed every signed record, in order
     * @param acks acknowledgements, in order; a record may have several
     * @param anchored proofs that the client accepted, in order
     */
    public record Journal(
            List<Reading> readings, List<Signed> signed, List<Acknowledged> acks, List<JsonNode> anchored) {
        public Journal {
            readings = List.copyOf(readings);
            signed = List.copyOf(signed);
            acks = List.copyOf(acks);
            anchored = List.copyOf(anchored);
        }

        public Optional<Acknowledged> lastAck() {
            return acks.isEmpty() ? Optional.empty() : Optional.of(acks.getLast());
        }
    }

    /** @param asOf Unix second of the reading */
    public record Reading(long asOf, Map<CounterKey, Long> counters) {
        public Reading {
            counters = Map.copyOf(counters);
        }
    }

    /** A signed record; {@code record} is its canonical form in hex. */
    public record Signed(long seq, long asOf, String kind, Bytes32 digest, String record, String signature) {}

    /** @param atMillis when the client had the answer, Unix milliseconds */
    public record Acknowledged(long atMillis, long seq, Bytes32 digest, String server) {}

    public static Journal read(Path file) {
        var readings = new ArrayList<Reading>();
        var signed = new ArrayList<Signed>();
        var acks = new ArrayList<Acknowledged>();
        var anchored = new ArrayList<JsonNode>();
        for (var line : lines(file)) {
            switch (line.path("type").asText()) {
                case "reading" -> readings.add(new Reading(line.get("asOf").asLong(), counters(line.get("counters"))));
                case "signed" ->
                    signed.add(new Signed(
                            line.get("seq").asLong(),
                            line.get("asOf").asLong(),
                            line.get("kind").asText(),
                            digest(line),
                            line.get("record").asText(),
                            line.get("signature").asText()));
                case "ack" ->
                    acks.add(new Acknowledged(
                            line.get("at").asLong(),
                            line.get("seq").asLong(),
                            digest(line),
                            line.get("server").asText()));
                case "anchored" -> anchored.add(line);
                default -> {
                    // Events and refusals are for people.
                }
            }
        }
        return new Journal(readings, signed, acks, anchored);
    }

    private static List<JsonNode> lines(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            var text = Files.readString(file);
            var whole = text.substring(0, text.lastIndexOf('\n') + 1);
            var lines = new ArrayList<JsonNode>();
            for (var line : whole.lines().toList()) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("expected JSON lines in " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Bytes32 digest(JsonNode line) {
        return Bytes32.fromHex(line.get("digest").asText());
    }

    private static Map<CounterKey, Long> counters(JsonNode array) {
        var counters = new HashMap<CounterKey, Long>();
        array.forEach(counter -> counters.put(
                new CounterKey(counter.get("meter").asInt(), counter.get("band").asInt()),
                counter.get("cumulative").asLong()));
        return counters;
    }
}
