package io.tollkeeper.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PaymentMethod;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Salt;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.rating.Tariff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/** One agreement with everything that belongs to it: 100 base units a minute, 1 a KiB received. */
final class Fixture {
    static final int TIME = 1;
    static final int RX = 2;
    static final SigningDomain DOMAIN =
            new SigningDomain(31337, Address.fromHex("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
    static final SignerKey KEY =
            SignerKey.fromHex("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
    static final Bytes32 AGREEMENT = Bytes32.fromHex("0x" + "a7".repeat(32));
    static final Tariff TARIFF = tariff();

    private Fixture() {}

    private static Tariff tariff() {
        try {
            return Tariff.fromDocument(new ObjectMapper().readTree("""
                {"tariff": {"version": "1", "engineVersion": 1, "window": "none",
                  "meters": [{"id": 1, "name": "time", "unit": "s"}, {"id": 2, "name": "rx", "unit": "B"}],
                  "lines": [
                    {"name": "minutes", "meter": "time", "kind": "perUnit", "price": "100", "per": "60",
                     "rounding": "DOWN"},
                    {"name": "received", "meter": "rx", "kind": "perUnit", "price": "1", "per": "1024",
                     "rounding": "DOWN"}]}}
                """));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static PlanTerms plan(long periodSeconds, long reportEverySeconds, PaymentCondition... conditions) {
        return new PlanTerms(
                Address.fromHex("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"),
                Address.ZERO,
                Bytes32.of(TARIFF.hash()),
                1,
                List.of(PaymentMethod.DEPOSIT),
                Set.of(conditions),
                periodSeconds,
                BigInteger.ZERO,
                BigInteger.ZERO,
                20,
                120,
                reportEverySeconds,
                2,
                BigInteger.ZERO);
    }

    static RecordMaker maker() {
        return new RecordMaker(AGREEMENT, TARIFF, Salt::random);
    }

    static Counters seconds(long seconds) {
        return Counters.of(TIME, seconds);
    }

    static Reading reading(long id, RecordKind kind, long asOf, long seconds) {
        return new Reading(id, 1, 1_000, kind, asOf, false, seconds(seconds), 0);
    }

    static SignedRecord sign(SpoolState state, Reading reading) {
        var usage = maker().next(state, reading);
        return new SignedRecord(usage, KEY.sign(DOMAIN.digest(usage)));
    }
}
