package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalRecordTest {
    /** Samples.interim(), written by hand from the drawing. */
    private static final String INTERIM = "a1".repeat(32) // agreement
            + "00000003" // branch
            + "0000000000000002" // seq
            + "006b49d23c" // asOf 1800000060
            + "0000000000000000075bcd15" // amount 123456789
            + "02" // kind INTERIM
            + "01" // format version
            + "0000000000000007" // session number
            + "006b49d200" // session start 1800000000
            + "00000005" // window id
            + "006b3a8fc0" // window start 1799000000
            + "0000000000000000000003e8" // base 1000
            + "0003" // counters
            + "0001" + "00" + "000000000000003c"
            + "0002" + "00" + "0000000000100000"
            + "0002" + "01" + "0000000000000009"
            + "00000004" // details
            + "d2".repeat(32) // detail root
            + "b3".repeat(32) // previous digest
            + "c4".repeat(16); // salt

    @Test
    void aWholeRecordIsPinned() throws Exception {
        assertThat(HexFormat.of().formatHex(CanonicalRecord.encode(Samples.interim())))
                .isEqualTo(INTERIM);
        assertThat(CanonicalRecord.decode(HexFormat.of().parseHex(INTERIM))).isEqualTo(Samples.interim());
    }

    @Test
    void lengthsAreThoseOfTheDrawing() {
        assertThat(CanonicalRecord.encode(Samples.smallest()))
                .hasSize(CanonicalRecord.MIN_BYTES)
                .hasSize(183);
        assertThat(CanonicalRecord.encode(Samples.largest(256)))
                .hasSize(CanonicalRecord.MAX_BYTES)
                .hasSize(2999);
        assertThat(INTERIM).hasSize(2 * (183 + 3 * 11));
    }

    @Test
    void everyRecordComesBackAsItWas() throws Exception {
        Random random = Seeds.random();
        for (int i = 0; i < 3_000; i++) {
            UsageRecord usage = Samples.random(random, random.nextInt(20));
            byte[] canonical = CanonicalRecord.encode(usage);
            UsageRecord back = CanonicalRecord.decode(canonical);
            assertThat(back).isEqualTo(usage);
            assertThat(CanonicalRecord.encode(back)).isEqualTo(canonical);
        }
        assertThat(CanonicalRecord.decode(CanonicalRecord.encode(Samples.largest(256))))
                .isEqualTo(Samples.largest(256));
        assertThat(CanonicalRecord.decode(CanonicalRecord.encode(Samples.smallest())))
                .isEqualTo(Samples.smallest());
    }

    /** Either a byte string is refused by name, or it is exactly what its record encodes to: one record, one form. */
    @Test
    void damagedBytesAreRefusedOrAreTheFormOfAnotherRecord() {
        Random random = Seeds.random();
        int refused = 0;
        int other = 0;
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = CanonicalRecord.encode(Samples.random(random, random.nextInt(6)));
            int hits = 1 + random.nextInt(3);
            for (int hit = 0; hit < hits; hit++) {
                bytes = damage(random, bytes);
            }
            try {
                assertThat(CanonicalRecord.encode(CanonicalRecord.decode(bytes)))
                        .isEqualTo(bytes);
                other++;
            } catch (MalformedRecordException e) {
                assertThat(e.getMessage()).isEqualTo("expected %s, got %s", e.expected(), e.actual());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
        assertThat(other).isGreaterThan(10_000);
    }

    @Test
    void randomBytesOfAnyLengthAreRefusedOrCanonical() {
        Random random = Seeds.random();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Samples.bytes(random, random.nextInt(CanonicalRecord.MAX_BYTES + 20));
            try {
                assertThat(CanonicalRecord.encode(CanonicalRecord.decode(bytes)))
                        .isEqualTo(bytes);
            } catch (MalformedRecordException e) {
                assertThat(e.expected()).isNotEmpty();
            }
        }
    }

    private static byte[] damage(Random random, byte[] bytes) {
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 40));
            case 1 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + CanonicalRecord.COUNTER_BYTES);
                longer[Math.min(98, longer.length - 1)]++;
                yield longer;
            }
            default -> {
                byte[] flipped = bytes.clone();
                if (flipped.length > 0) {
                    int at = random.nextBoolean()
                            ? random.nextInt(flipped.length)
                            : random.nextInt(Math.min(flipped.length, 135));
                    flipped[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield flipped;
            }
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # offset | bytes            | message
            32       | 00000000         | expected branch from 1 to 4294967295, got 0
            36       | 0000000000000000 | expected seq from 1 to 9223372036854775807, got 0
            36       | ffffffffffffffff | expected a seq below 2^63, got 18446744073709551615
            36       | 0000000000000001 | expected a previous digest of zero exactly at seq 1, got 0xb3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3 at seq 1
            61       | 00               | expected a kind from 1 to 4, got 0
            61       | 05               | expected a kind from 1 to 4, got 5
            62       | 02               | expected format version 1, got 2
            97       | 0002             | expected 205 bytes for 2 counters, got 216 bytes
            99       | 0002             | expected counters strictly ascending by (meter, band), got Counter[meterId=2, band=0, cumulative=60] before Counter[meterId=2, band=0, cumulative=1048576]
            102      | 80               | expected a counter below 2^63, got 9223372036854775868
            132      | 00000000         | expected a detail root of zero exactly when there are no details, got 0xd2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2 with 0 details
            """)
    void refusesByName(int offset, String bytes, String message) {
        byte[] canonical = HexFormat.of().parseHex(INTERIM);
        byte[] changed = HexFormat.of().parseHex(bytes);
        System.arraycopy(changed, 0, canonical, offset, changed.length);
        assertThatThrownBy(() -> CanonicalRecord.decode(canonical))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(message);
    }

    @Test
    void valuesOutOfRangeCannotBeMade() {
        assertThatThrownBy(() -> new Counter(65_536, 0, 0)).hasMessage("expected meter id from 0 to 65535, got 65536");
        assertThatThrownBy(() -> new Counter(1, 256, 0)).hasMessageContaining("band");
        assertThatThrownBy(() -> new Counter(1, 0, -1)).hasMessageContaining("counter");
        assertThatThrownBy(() -> Samples.largest(257)).hasMessageContaining("band");
        RecordBody body = Samples.interim().body();
        assertThatThrownBy(() -> new UsageRecord(Bytes32.ZERO, 1, 2, 1L << 40, BigInteger.ZERO, RecordKind.STOP, body))
                .hasMessageContaining("asOf");
        assertThatThrownBy(() ->
                        new UsageRecord(Bytes32.ZERO, 1, 2, 0, BigInteger.ONE.shiftLeft(96), RecordKind.STOP, body))
                .hasMessageContaining("amount");
        assertThatThrownBy(() -> new UsageRecord(Bytes32.ZERO, 1, 2, 0, BigInteger.ONE.negate(), RecordKind.STOP, body))
                .hasMessageContaining("amount");
    }

    @Test
    void aCopyOfTheCountersIsKept() {
        List<Counter> counters = new java.util.ArrayList<>(List.of(new Counter(1, 0, 1)));
        RecordBody body =
                new RecordBody(0, 0, 0, 0, BigInteger.ZERO, counters, 0, Bytes32.ZERO, Bytes32.ZERO, Samples.salt(1));
        counters.clear();
        assertThat(body.counters()).hasSize(1);
        assertThat(body.counter(1, 0)).isEqualTo(1);
        assertThat(body.counter(1, 1)).isZero();
    }

    @Test
    void rowsDecodeToWhatWasEncodedAndNothingElse() throws Exception {
        Random random = Seeds.random();
        for (int i = 0; i < 5_000; i++) {
            List<SignedRecord> signed = random.ints(random.nextInt(4), 0, 5)
                    .mapToObj(n -> new SignedRecord(
                            Samples.random(random, n), Signature.of(Samples.bytes(random, Signature.LENGTH))))
                    .toList();
            byte[] rows = AnchorRows.encode(signed);
            assertThat(AnchorRows.decode(rows)).isEqualTo(signed);
            byte[] damaged = random.nextBoolean() || rows.length == 0
                    ? Arrays.copyOf(rows, random.nextInt(rows.length + 70))
                    : rows;
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(AnchorRows.encode(AnchorRows.decode(damaged))).isEqualTo(damaged);
            } catch (MalformedRecordException e) {
                assertThat(e.expected()).isNotEmpty();
            }
        }
    }
}
