package io.tollkeeper.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TariffTest {
    private static final String DOCUMENT = """
            apiVersion: tollkeeper.io/v1
            plan: {}
            tariff:
              version: "1"
              engineVersion: 1
              window: none
              meters: [{id: 1, name: time, unit: s}, {id: 2, name: rx, unit: B}, {id: 3, name: tx, unit: B}]
              lines:
                - {name: minutes, meter: time, kind: perUnit, price: "100", per: "60", rounding: DOWN}
                - {name: download, meter: rx, kind: perUnit, price: "3", per: "1048576", rounding: HALF_UP}
                - {name: upload, meter: tx, kind: perUnit, price: "7", rounding: UP}
            """;

    private static final String CANONICAL = "{\"engineVersion\":1,\"lines\":["
            + "{\"kind\":\"perUnit\",\"meter\":\"time\",\"name\":\"minutes\",\"per\":\"60\",\"price\":\"100\",\"rounding\":\"DOWN\"},"
            + "{\"kind\":\"perUnit\",\"meter\":\"rx\",\"name\":\"download\",\"per\":\"1048576\",\"price\":\"3\",\"rounding\":\"HALF_UP\"},"
            + "{\"kind\":\"perUnit\",\"meter\":\"tx\",\"name\":\"upload\",\"price\":\"7\",\"rounding\":\"UP\"}],"
            + "\"meters\":[{\"id\":1,\"name\":\"time\",\"unit\":\"s\"},{\"id\":2,\"name\":\"rx\",\"unit\":\"B\"},"
            + "{\"id\":3,\"name\":\"tx\",\"unit\":\"B\"}],\"version\":\"1\",\"window\":\"none\"}";

    private static JsonNode yaml(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<CounterKey, Long> counters(long time, long rx, long tx) {
        return Map.of(new CounterKey(1, 0), time, new CounterKey(2, 0), rx, new CounterKey(3, 0), tx);
    }

    @Test
    void readsADocumentWhole() {
        Tariff tariff = Tariff.fromDocument(yaml(DOCUMENT));
        assertThat(tariff.version()).isEqualTo("1");
        assertThat(tariff.engineVersion()).isEqualTo(1);
        assertThat(tariff.meters())
                .containsExactly(new Meter(1, "time", "s"), new Meter(2, "rx", "B"), new Meter(3, "tx", "B"));
        assertThat(tariff.meter("rx")).contains(new Meter(2, "rx", "B"));
        assertThat(tariff.meter("requests")).isEmpty();
        assertThat(tariff.lines())
                .element(2)
                .isEqualTo(new TariffLine.PerUnit(
                        "upload", new Meter(3, "tx", "B"), BigInteger.valueOf(7), BigInteger.ONE, Rounding.UP));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # time,   rx,      tx,  charge: 100 a minute down + 3 a MiB half up + 7 a byte
            0,        0,       0,   0
            59,       0,       0,   98
            60,       0,       0,   100
            61,       0,       0,   101
            0,        174762,  0,   0
            0,        174763,  0,   1
            0,        524288,  0,   2
            0,        1048576, 0,   3
            0,        0,       2,   14
            60,       1048576, 1,   110
            """)
    void chargesEachLineWithItsOwnRounding(long time, long rx, long tx, BigInteger charge) {
        assertThat(Tariff.fromDocument(yaml(DOCUMENT)).amount(counters(time, rx, tx)))
                .isEqualTo(charge);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # dividend, divisor, DOWN, UP, HALF_UP
            0,          3,       0,    0,  0
            1,          3,       0,    1,  0
            2,          3,       0,    1,  1
            3,          3,       1,    1,  1
            4,          3,       1,    2,  1
            1,          2,       0,    1,  1
            3,          2,       1,    2,  2
            5,          2,       2,    3,  3
            7,          1,       7,    7,  7
            """)
    void roundsInThreeWays(BigInteger dividend, BigInteger divisor, BigInteger down, BigInteger up, BigInteger half) {
        assertThat(Rounding.DOWN.divide(dividend, divisor)).isEqualTo(down);
        assertThat(Rounding.UP.divide(dividend, divisor)).isEqualTo(up);
        assertThat(Rounding.HALF_UP.divide(dividend, divisor)).isEqualTo(half);
    }

    @Test
    void staysExactAtTheLargestValues() {
        Tariff tariff =
                Tariff.fromDocument(yaml(DOCUMENT.replace("price: \"7\"", "price: \"79228162514264337593543950335\"")));
        assertThat(tariff.amount(counters(0, 0, Long.MAX_VALUE)))
                .isEqualTo(
                        new BigInteger("79228162514264337593543950335").multiply(BigInteger.valueOf(Long.MAX_VALUE)));
    }

    @Test
    void neverChargesLessForMoreAndNeverFarFromTheExactCharge() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("replay with -Dseed=" + seed);
        Random random = new Random(seed);
        Meter meter = new Meter(1, "time", "s");
        for (int i = 0; i < 20_000; i++) {
            BigInteger price = new BigInteger(random.nextInt(97), random);
            BigInteger per = new BigInteger(random.nextInt(63), random).add(BigInteger.ONE);
            BigInteger quantity = new BigInteger(random.nextInt(63), random);
            BigInteger more = quantity.add(new BigInteger(random.nextInt(20), random));
            for (Rounding rounding : Rounding.values()) {
                var line = new TariffLine.PerUnit("line", meter, price, per, rounding);
                assertThat(line.charge(more)).isGreaterThanOrEqualTo(line.charge(quantity));
                BigInteger error = line.charge(quantity).multiply(per).subtract(quantity.multiply(price));
                switch (rounding) {
                    case DOWN -> assertThat(error).isBetween(per.negate().add(BigInteger.ONE), BigInteger.ZERO);
                    case UP -> assertThat(error).isBetween(BigInteger.ZERO, per.subtract(BigInteger.ONE));
                    case HALF_UP ->
                        assertThat(error.shiftLeft(1)).isBetween(per.negate().add(BigInteger.ONE), per);
                }
            }
        }
    }

    @Test
    void namesTheLinesOfACharge() {
        Tariff tariff = Tariff.fromDocument(yaml(DOCUMENT));
        assertThat(tariff.charges(Map.of(new CounterKey(1, 0), 90L)))
                .extracting(charge -> charge.line().name(), LineCharge::quantity, LineCharge::amount)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("minutes", BigInteger.valueOf(90), BigInteger.valueOf(150)),
                        org.assertj.core.groups.Tuple.tuple("download", BigInteger.ZERO, BigInteger.ZERO),
                        org.assertj.core.groups.Tuple.tuple("upload", BigInteger.ZERO, BigInteger.ZERO));
    }

    @Test
    void refusesCountersThatItDoesNotKnow() {
        Tariff tariff = Tariff.fromDocument(yaml(DOCUMENT));
        assertThat(tariff.unknownAmong(counters(1, 1, 1).keySet())).isEmpty();
        assertThat(tariff.unknownAmong(Map.of(new CounterKey(1, 1), 1L).keySet()))
                .contains(new CounterKey(1, 1));
        assertThat(tariff.unknownAmong(Map.of(new CounterKey(0, 0), 1L).keySet()))
                .as("whatever a record can name is answered, not thrown")
                .contains(new CounterKey(0, 0));
        assertThatThrownBy(() -> tariff.amount(Map.of(new CounterKey(4, 0), 1L)))
                .hasMessageContaining("meterId=4");
        assertThatThrownBy(() -> tariff.amount(Map.of(new CounterKey(1, 0), -1L)))
                .hasMessageContaining("from 0, got -1");
    }

    @Test
    void hasOneWindowForTheWholeLife() {
        Tariff tariff = Tariff.fromDocument(yaml(DOCUMENT));
        assertThat(tariff.windowAt(1_800_000_000L)).isEqualTo(new Window(0, 0));
        assertThat(tariff.windowHolds(new Window(0, 0), 1_800_000_000L)).isTrue();
        assertThat(tariff.windowHolds(new Window(1, 0), 1_800_000_000L)).isFalse();
        assertThat(tariff.windowHolds(new Window(0, 1), 1_800_000_000L)).isFalse();
    }

    @Test
    void hashesTheSectionAsCanonicalJson() throws Exception {
        Tariff tariff = Tariff.fromDocument(yaml(DOCUMENT));
        assertThat(new String(tariff.canonicalJson(), StandardCharsets.UTF_8)).isEqualTo(CANONICAL);
        assertThat(HexFormat.of().formatHex(tariff.hash()))
                .isEqualTo("c44ce857ea4273822f5da07d86b4454c054cd89e2bf331983ce5b9bf863cf855");
        JsonNode fromJson = new ObjectMapper().readTree("{ \"tariff\" : " + CANONICAL.replace(",", " ,\n") + "}");
        assertThat(Tariff.fromDocument(fromJson)).isEqualTo(tariff).hasSameHashCodeAs(tariff);
        assertThat(Tariff.fromDocument(yaml(DOCUMENT.replace("\"100\"", "\"101\""))))
                .isNotEqualTo(tariff);
    }

    @Test
    void sortsMembersAndEscapesAsTheSchemeSays() throws Exception {
        JsonNode value = new ObjectMapper()
                .readTree(
                        "{\"b\":[true,null,-1],\"a\":\"\\u0001\\n\\\"\\\\/\\u20ac\\ud83d\\ude02\",\"\\u20ac\":1,\"B\":{}}");
        assertThat(new String(CanonicalJson.encode(value), StandardCharsets.UTF_8))
                .isEqualTo("{\"B\":{},\"a\":\"\\u0001\\n\\\"\\\\/€😂\",\"b\":[true,null,-1],\"€\":1}");
        for (String refused :
                new String[] {"1.5", "1e3", "9007199254740992", "-9007199254740992", "\"\\ud83d\"", "1.0"}) {
            assertThatThrownBy(() -> CanonicalJson.encode(new ObjectMapper().readTree(refused)))
                    .as(refused)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesEveryFaultAtOnceWithPathAndRule() {
        String document = """
                tariff:
                  version: 1
                  engineVersion: 2
                  window: month
                  currency: EUR
                  meters:
                    - {id: 0, name: time, unit: s}
                    - {id: 2, name: Rx, unit: B}
                    - {id: 2, name: time, unit: ""}
                    - 7
                  lines:
                    - {name: minutes, meter: rx, kind: tiers, price: 100, per: "0", rounding: NEAREST}
                    - {name: minutes, meter: time, kind: perUnit, price: "-1", rounding: DOWN, prize: "1"}
                    - {meter: time, kind: perUnit, price: "79228162514264337593543950336", rounding: UP}
                """;
        TariffException thrown = catchThrowableOfType(TariffException.class, () -> Tariff.fromDocument(yaml(document)));
        assertThat(thrown.faults())
                .extracting(TariffException.Fault::path)
                .containsExactlyInAnyOrder(
                        "tariff.version",
                        "tariff.engineVersion",
                        "tariff.window",
                        "tariff.currency",
                        "tariff.meters[0].id",
                        "tariff.meters[1].name",
                        "tariff.meters[2].id",
                        "tariff.meters[2].name",
                        "tariff.meters[2].unit",
                        "tariff.meters[3]",
                        "tariff.lines[0].meter",
                        "tariff.lines[0].kind",
                        "tariff.lines[0].price",
                        "tariff.lines[0].per",
                        "tariff.lines[0].rounding",
                        "tariff.lines[1].name",
                        "tariff.lines[1].price",
                        "tariff.lines[1].prize",
                        "tariff.lines[2].name",
                        "tariff.lines[2].price");
        assertThat(thrown.getMessage())
                .contains("tariff.lines[0].rounding: expected one of DOWN, UP, HALF_UP, got \"NEAREST\"")
                .contains("tariff.engineVersion: expected the number 1, got 2");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            {}                                       | tariff: expected an object, got nothing
            {tariff: []}                             | tariff: expected an object, got []
            {tariff: {}}                             | tariff.meters: expected a list, got nothing
            {tariff: {meters: [], lines: [x]}}       | tariff.meters: expected 1 to 256 entries, got 0
            {tariff: {lines: [x]}}                   | tariff.lines[0]: expected an object, got "x"
            """, delimiter = '|')
    void refusesWhatIsNoTariff(String document, String fault) {
        assertThatThrownBy(() -> Tariff.fromDocument(yaml(document)))
                .isInstanceOf(TariffException.class)
                .hasMessageContaining(fault);
    }
}
