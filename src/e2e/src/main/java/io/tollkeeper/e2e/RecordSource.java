package io.tollkeeper.e2e;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Counter;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Salt;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.rating.CounterKey;
import io.tollkeeper.rating.Tariff;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Makes the records of one agreement by hand, so that a test can send what no client would: each is right and continues
 * the one before, unless the test bends it.
 */
public final class RecordSource {
    /** The meter that these records count on. */
    public static final int METER = 1;

    private final Bytes32 agreement;
    private final SignerKey signer;
    private final SigningDomain domain;
    private final Tariff tariff;
    private final long sessionStart;
    private Optional<UsageRecord> newest = Optional.empty();

    /** @param sessionStart Unix second at which the one session begins, and the time of the first record */
    public RecordSource(Bytes32 agreement, SignerKey signer, SigningDomain domain, Tariff tariff, long sessionStart) {
        this.agreement = agreement;
        this.signer = signer;
        this.domain = domain;
        this.tariff = tariff;
        this.sessionStart = sessionStart;
    }

    public Bytes32 agreement() {
        return agreement;
    }

    public SignerKey signer() {
        return signer;
    }

    public Optional<UsageRecord> newest() {
        return newest;
    }

    /** The digest that acknowledgements name. */
    public Bytes32 digest(SignedRecord signed) {
        return domain.digest(signed.record());
    }

    /** The next record, {@code used} units further on; it becomes the newest. */
    public SignedRecord next(long asOf, long used, RecordKind kind) {
        var usage = draft(asOf, used, kind);
        newest = Optional.of(usage);
        return sign(usage);
    }

    /** The next record bent by the test; the chain goes on as if it had never been. */
    public SignedRecord bent(long asOf, long used, UnaryOperator<UsageRecord> bend) {
        return sign(bend.apply(draft(asOf, used, RecordKind.INTERIM)));
    }

    /** The next record, unsigned, and without becoming the newest. */
    public UsageRecord draft(long asOf, long used, RecordKind kind) {
        var counted = newest.map(record -> record.body().counter(METER, 0)).orElse(0L) + used;
        var previous = newest.map(domain::digest).orElse(Bytes32.ZERO);
        var body = new RecordBody(
                1,
                sessionStart,
                0,
                0,
                BigInteger.ZERO,
                List.of(new Counter(METER, 0, counted)),
                0,
                Bytes32.ZERO,
                previous,
                Salt.random());
        var seq = newest.map(UsageRecord::seq).orElse(0L) + 1;
        return new UsageRecord(agreement, 1, seq, asOf, amount(counted), kind, body);
    }

    /** What the tariff says for so many units. */
    public BigInteger amount(long counted) {
        return tariff.amount(Map.of(new CounterKey(METER, 0), counted));
    }

    public SignedRecord sign(UsageRecord usage) {
        return new SignedRecord(usage, signer.sign(domain.digest(usage)));
    }
}
