package io.tollkeeper.node.rules;

import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.rating.CounterKey;
import io.tollkeeper.rating.Tariff;
import io.tollkeeper.rating.Window;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/** What the tariff alone says of a record: window, meters, amount. */
final class TariffRules {
    private TariffRules() {}

    static Optional<Decision.Refuse> check(UsageRecord record, ServedPlan plan) {
        Tariff tariff = plan.tariff();
        RecordBody body = record.body();
        Window window = new Window(body.windowId(), body.windowStart());
        if (!tariff.windowHolds(window, record.asOf())) {
            return refuse(SubmitError.WINDOW_WRONG, tariff.windowAt(record.asOf()), window);
        }
        // A window that begins with time itself is the agreement's first: nothing was charged before it.
        if (window.start() == 0 && body.base().signum() != 0) {
            return refuse(SubmitError.BASE_WRONG, 0, body.base());
        }
        Map<CounterKey, Long> counters = ServedPlan.counters(body);
        Optional<CounterKey> unknown = tariff.unknownAmong(counters.keySet());
        if (unknown.isPresent()) {
            return refuse(SubmitError.METER_UNKNOWN, tariff.meters(), unknown.get());
        }
        BigInteger amount = body.base().add(tariff.amount(counters));
        return amount.equals(record.amount())
                ? Optional.empty()
                : refuse(SubmitError.AMOUNT_WRONG, amount, record.amount());
    }

    private static Optional<Decision.Refuse> refuse(SubmitError error, Object expected, Object actual) {
        return Optional.of(Decision.refuse(error, expected, actual));
    }
}
