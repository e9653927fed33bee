package io.tollkeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.RecordKind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
    private static final Reading READING = Fixture.reading(1, RecordKind.INTERIM, 1_000, 60);
    private final ManualClock clock = ManualClock.at("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 4_095, 4_096, 4_097, 20_000})
    void aTornLastLineIsCutWhenItIsOpened(int tornBytes, @TempDir Path folder) throws IOException {
        var file = folder.resolve("journal.jsonl");
        try (var journal = Journal.open(file, clock)) {
            journal.reading(READING, READING.counters(), BigInteger.TWO);
        }
        Files.writeString(file, "x".repeat(tornBytes), StandardOpenOption.APPEND);
        try (var journal = Journal.open(file, clock)) {
            journal.reading(READING, READING.counters(), BigInteger.TEN);
        }
        var lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        for (var line : lines) {
            assertThat(new ObjectMapper().readTree(line).path("type").asText()).isEqualTo("reading");
        }
    }

    @Test
    void aJournalThatIsOneTornLineBeginsAnew(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("journal.jsonl"), "{\"type\":");
        try (var journal = Journal.open(file, clock)) {
            journal.event("server", "a \"quoted\" name\nin two lines");
        }
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void aReadingHasAllThatRatingItAgainNeeds(@TempDir Path folder) throws IOException {
        var file = folder.resolve("journal.jsonl");
        try (var journal = Journal.open(file, clock)) {
            journal.reading(READING, READING.counters(), BigInteger.valueOf(100));
        }
        assertThat(Files.readString(file)).isEqualTo("""
            {"type":"reading","at":1772366400000,"session":1,"sessionStart":1000,"kind":"INTERIM","asOf":1000,\
            "boundary":false,"amount":"100","counters":[{"meter":1,"band":0,"cumulative":60}]}
            """);
    }
}
