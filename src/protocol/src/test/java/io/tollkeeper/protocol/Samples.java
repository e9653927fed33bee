package io.tollkeeper.protocol;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Records for tests: fixed ones, the largest and smallest ones, random ones. */
final class Samples {
    static final SigningDomain DOMAIN =
            new SigningDomain(31337, Address.fromHex("0x5fbdb2315678afecb367f032d93f642f64180aa3"));

    /** The first account of every development chain. */
    static final SignerKey SIGNER =
            SignerKey.fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private Samples() {}

    static Bytes32 filled(int value) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        java.util.Arrays.fill(bytes, (byte) value);
        return Bytes32.of(bytes);
    }

    static Salt salt(int value) {
        byte[] bytes = new byte[Salt.LENGTH];
        java.util.Arrays.fill(bytes, (byte) value);
        return Salt.of(bytes);
    }

    /** An INTERIM at seq 2 whose every field differs from every other. */
    static UsageRecord interim() {
        return new UsageRecord(
                filled(0xa1),
                3,
                2,
                1_800_000_060,
                BigInteger.valueOf(123_456_789),
                RecordKind.INTERIM,
                new RecordBody(
                        7,
                        1_800_000_000,
                        5,
                        1_799_000_000,
                        BigInteger.valueOf(1_000),
                        List.of(new Counter(1, 0, 60), new Counter(2, 0, 1_048_576), new Counter(2, 1, 9)),
                        4,
                        filled(0xd2),
                        filled(0xb3),
                        salt(0xc4)));
    }

    static UsageRecord smallest() {
        return new UsageRecord(
                Bytes32.ZERO,
                1,
                1,
                0,
                BigInteger.ZERO,
                RecordKind.START,
                new RecordBody(0, 0, 0, 0, BigInteger.ZERO, List.of(), 0, Bytes32.ZERO, Bytes32.ZERO, salt(0)));
    }

    static UsageRecord largest(int counters) {
        List<Counter> all = new ArrayList<>();
        for (int i = 0; i < counters; i++) {
            all.add(new Counter(65_535, 255 - counters + 1 + i, Long.MAX_VALUE));
        }
        return new UsageRecord(
                filled(0xff),
                Limits.UINT32_MAX,
                Limits.UINT64_MAX,
                Limits.UINT40_MAX,
                Limits.UINT96_MAX,
                RecordKind.CLOSE,
                new RecordBody(
                        Limits.UINT64_MAX,
                        Limits.UINT40_MAX,
                        Limits.UINT32_MAX,
                        Limits.UINT40_MAX,
                        Limits.UINT96_MAX,
                        all,
                        Limits.UINT32_MAX,
                        filled(0xff),
                        filled(0xff),
                        salt(0xff)));
    }

    static UsageRecord random(Random random, int counters) {
        TreeSet<Counter> sorted = new TreeSet<>();
        while (sorted.size() < counters) {
            sorted.add(new Counter(random.nextInt(1 << 16), random.nextInt(4), bits(random, 63)));
        }
        long seq = random.nextInt(8) == 0 ? 1 : Math.max(2, bits(random, 63));
        long details = random.nextBoolean() ? 0 : 1 + random.nextInt(1_000_000);
        return new UsageRecord(
                bytes32(random),
                1 + random.nextInt(1 << 20),
                seq,
                bits(random, 40),
                new BigInteger(random.nextInt(97), random),
                RecordKind.ofCode(1 + random.nextInt(4)).orElseThrow(),
                new RecordBody(
                        bits(random, 63),
                        bits(random, 40),
                        bits(random, 32),
                        bits(random, 40),
                        new BigInteger(random.nextInt(97), random),
                        List.copyOf(sorted),
                        details,
                        details == 0 ? Bytes32.ZERO : bytes32(random),
                        seq == 1 ? Bytes32.ZERO : bytes32(random),
                        Salt.of(bytes(random, Salt.LENGTH))));
    }

    /** A number of at most so many bits; short ones as often as long ones. */
    static long bits(Random random, int most) {
        return new BigInteger(random.nextInt(most + 1), random).longValueExact();
    }

    static Bytes32 bytes32(Random random) {
        return Bytes32.of(bytes(random, Bytes32.LENGTH));
    }

    static Address address(Random random) {
        return Address.of(bytes(random, Address.LENGTH));
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
