package io.tollkeeper.node;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.Counter;
import io.tollkeeper.protocol.NodeQuery;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Salt;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.Report;
import io.tollkeeper.protocol.v1.ReportBatch;
import java.math.BigInteger;
import java.util.List;

/** A client that numbers, chains and signs records of one agreement, at 100 base units a minute of the meter `time`. */
public final class TestClient {
    final SigningDomain domain;
    final SignerKey key;
    final Bytes32 agreement;
    long branch = 1;
    long seq;
    Bytes32 previous = Bytes32.ZERO;

    public TestClient(SigningDomain domain, SignerKey key, Bytes32 agreement) {
        this.domain = domain;
        this.key = key;
        this.agreement = agreement;
    }

    public Bytes32 agreement() {
        return agreement;
    }

    public Address signer() {
        return key.address();
    }

    /** The next record: so many seconds counted in all, measured up to {@code asOf}. */
    public SignedRecord next(RecordKind kind, long asOf, long seconds) {
        SignedRecord signed = make(seq + 1, previous, kind, asOf, seconds, amount(seconds));
        seq++;
        previous = domain.digest(signed.record());
        return signed;
    }

    /** Any record, right or wrong; the client does not go on from it. */
    public SignedRecord make(long number, Bytes32 before, RecordKind kind, long asOf, long seconds, BigInteger amount) {
        return sign(new UsageRecord(
                agreement,
                branch,
                number,
                asOf,
                amount,
                kind,
                new RecordBody(
                        1,
                        1,
                        0,
                        0,
                        BigInteger.ZERO,
                        List.of(new Counter(1, 0, seconds)),
                        0,
                        Bytes32.ZERO,
                        before,
                        Salt.random())));
    }

    public SignedRecord sign(UsageRecord record) {
        return new SignedRecord(record, key.sign(domain.digest(record)));
    }

    public static BigInteger amount(long seconds) {
        return BigInteger.valueOf(seconds * 100 / 60);
    }

    public static ReportBatch batch(SignedRecord... records) {
        return batch(List.of(records));
    }

    public static ReportBatch batch(List<SignedRecord> records) {
        Report.Builder report = Report.newBuilder();
        for (SignedRecord signed : records) {
            report.addRecords(io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                    .setRecord(ByteString.copyFrom(CanonicalRecord.encode(signed.record())))
                    .setSignature(ByteString.copyFrom(signed.signature().toByteArray())));
        }
        return ReportBatch.newBuilder().setBatchId(1).addReports(report).build();
    }

    public AgreementQuery query(String method, long issuedAt) {
        return AgreementQuery.newBuilder()
                .setAgreement(ByteString.copyFrom(agreement.toByteArray()))
                .setIssuedAt(issuedAt)
                .setSignature(ByteString.copyFrom(key.sign(domain.digest(new NodeQuery(agreement, method, issuedAt)))
                        .toByteArray()))
                .build();
    }
}
