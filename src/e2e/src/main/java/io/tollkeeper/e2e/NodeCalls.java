package io.tollkeeper.e2e;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.NodeQuery;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.BillingNodeGrpc;
import io.tollkeeper.protocol.v1.ProofQuery;
import io.tollkeeper.protocol.v1.Report;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.StatusQuery;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls of one billing node, without a client between. */
public final class NodeCalls implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 5;

    private final ManagedChannel channel;
    private final SigningDomain domain;
    private final Clock clock = Clock.systemUTC();

    /** @param address of the node's Service or pod */
    public NodeCalls(String address, SigningDomain domain) {
        this.channel = NettyChannelBuilder.forAddress(address, NodePorts.GRPC)
                .usePlaintext()
                .build();
        this.domain = domain;
    }

    /** Sends records of one agreement. */
    public SubmitAck submit(List<SignedRecord> records) {
        var report = Report.newBuilder();
        records.forEach(record -> report.addRecords(message(record)));
        return submit(ReportBatch.newBuilder().addReports(report).build());
    }

    public SubmitAck submit(ReportBatch batch) {
        return stub().submit(batch);
    }

    public StatusAnswer status() {
        return stub().status(StatusQuery.getDefaultInstance());
    }

    /** The proof that a record is anchored; an error of the node when it is not (yet). */
    public AnchorProof proof(Bytes32 agreement, SignerKey asker, Bytes32 digest) {
        var query = new NodeQuery(agreement, "Proof", clock.instant().getEpochSecond());
        return stub().proof(ProofQuery.newBuilder()
                .setQuery(AgreementQuery.newBuilder()
                        .setAgreement(ByteString.copyFrom(agreement.toByteArray()))
                        .setIssuedAt(query.issuedAt())
                        .setSignature(ByteString.copyFrom(
                                asker.sign(domain.digest(query)).toByteArray())))
                .setDigest(ByteString.copyFrom(digest.toByteArray()))
                .build());
    }

    /** A record as it travels. */
    public static io.tollkeeper.protocol.v1.SignedRecord message(SignedRecord record) {
        return io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                .setRecord(ByteString.copyFrom(CanonicalRecord.encode(record.record())))
                .setSignature(ByteString.copyFrom(record.signature().toByteArray()))
                .build();
    }

    private BillingNodeGrpc.BillingNodeBlockingStub stub() {
        return BillingNodeGrpc.newBlockingStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
