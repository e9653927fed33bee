package io.tollkeeper.client;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Salt;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.rating.Tariff;
import java.math.BigInteger;
import java.util.function.Supplier;

/** Numbers readings: the record that follows the spool's newest one. No I/O. */
final class RecordMaker {
    private final Bytes32 agreement;
    private final Tariff tariff;
    private final Supplier<Salt> salts;

    RecordMaker(Bytes32 agreement, Tariff tariff, Supplier<Salt> salts) {
        this.agreement = agreement;
        this.tariff = tariff;
        this.salts = salts;
    }

    UsageRecord next(SpoolState state, Reading reading) {
        var head = state.head();
        var counters = reading.counters().plus(state.offset());
        var before = head.map(SpoolState::countersOf).orElse(Counters.NONE);
        // A counter never falls, whatever a collector says.
        counters = counters.max(before);
        var base = head.map(record -> record.record().body().base()).orElse(BigInteger.ZERO);
        var asOf = Math.max(
                reading.asOfSeconds(),
                head.map(record -> record.record().asOf()).orElse(0L));
        var window = tariff.windowAt(asOf);
        var body = new RecordBody(
                reading.sessionNumber(),
                reading.sessionStartSeconds(),
                window.id(),
                window.start(),
                base,
                counters.toProtocol(),
                0,
                Bytes32.ZERO,
                head.map(SpooledRecord::digest).orElse(Bytes32.ZERO),
                salts.get());
        return new UsageRecord(
                agreement,
                state.branch(),
                head.map(SpooledRecord::seq).orElse(0L) + 1,
                asOf,
                base.add(tariff.amount(counters.toRating())),
                reading.kind() == RecordKind.CLOSE ? RecordKind.STOP : reading.kind(),
                body);
    }

    /** What the agreement would owe at this reading. */
    BigInteger amountAt(SpoolState state, Counters local) {
        var base = state.head().map(record -> record.record().body().base()).orElse(BigInteger.ZERO);
        return base.add(tariff.amount(local.plus(state.offset()).toRating()));
    }
}
