package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.ErrorClass;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.Receipt;
import io.tollkeeper.protocol.RecordFault;
import io.tollkeeper.protocol.RecordRules;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.StoredRecord;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.UsageRecord;
import io.tollkeeper.protocol.merkle.MemoryTree;
import io.tollkeeper.protocol.merkle.MerkleTree;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.BillingNodeGrpc;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.RecordError;
import io.tollkeeper.protocol.v1.RecordResult;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.StatusQuery;
import io.tollkeeper.protocol.v1.Stored;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fake of a billing node for one agreement, over real gRPC: it checks records by the rules of protocol, keeps them in a
 * Merkle log in memory and signs receipts. A test tells it how to misbehave.
 */
final class FakeNode extends BillingNodeGrpc.BillingNodeImplBase implements AutoCloseable {
    /** What a node does with one call instead of what it should. */
    enum Mischief {
        /** Stores and does not answer. */
        LOSES_ACK,
        /** Stores and breaks the connection. */
        BREAKS_AFTER_STORING,
        MOVE,
        RETRY,
        FATAL,
        CLOSED,
        /** Stores, and signs the receipt with a key of somebody else. */
        FOREIGN_RECEIPT,
        /** Holds what it gets for 300 ms, then answers as it should. */
        SLOW
    }

    /** A record as the node stored it. */
    record Kept(SignedRecord signed, Bytes32 digest, long position) {}

    private final Bytes32 nodeId;
    private SignerKey key = SignerKey.generate();
    private long epoch = 1;
    private final long promiseSeconds;
    private final Map<Bytes32, Kept> records = new LinkedHashMap<>();
    private MemoryTree log = new MemoryTree();
    private final Deque<Mischief> mischief = new ArrayDeque<>();
    private final List<ReportBatch> received = new ArrayList<>();
    private Optional<Kept> newest = Optional.empty();
    private Optional<AnchorProof> anchored = Optional.empty();
    private final Deque<io.tollkeeper.protocol.v1.SignedRecord> forks = new ArrayDeque<>();
    private boolean refusesUnknownStart;
    private boolean draining;
    private Server server;
    private final int port;

    FakeNode(int number) throws IOException {
        this(number, 60);
    }

    FakeNode(int number, long promiseSeconds) throws IOException {
        var id = new byte[32];
        id[31] = (byte) number;
        this.nodeId = Bytes32.of(id);
        this.promiseSeconds = promiseSeconds;
        this.server = listen(0);
        this.port = server.getPort();
    }

    private Server listen(int atPort) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), atPort))
                .addService(this)
                .build()
                .start();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Bytes32 nodeId() {
        return nodeId;
    }

    SignerKey key() {
        return key;
    }

    /** The node's process is gone; its disk stays. */
    void die() throws InterruptedException {
        server.shutdownNow().awaitTermination();
    }

    void revive() throws IOException {
        server = listen(port);
    }

    @Override
    public void close() throws InterruptedException {
        die();
    }

    synchronized void nextCalls(Mischief... calls) {
        mischief.addAll(List.of(calls));
    }

    /** Answers FORKED with this record to the next call. */
    synchronized void forkNext(SignedRecord other) {
        forks.add(wire(other));
    }

    synchronized void drain(boolean isDraining) {
        draining = isDraining;
    }

    /** Takes no record without its predecessor, not even the first of a report. */
    synchronized void refuseUnknownStart() {
        refusesUnknownStart = true;
    }

    /** Another pod of this node takes over, with a new key and an empty disk. */
    synchronized void succeed() {
        epoch++;
        key = SignerKey.generate();
        records.clear();
        log = new MemoryTree();
        newest = Optional.empty();
        anchored = Optional.empty();
    }

    synchronized List<Kept> records() {
        return List.copyOf(records.values());
    }

    synchronized List<ReportBatch> received() {
        return List.copyOf(received);
    }

    synchronized Optional<Kept> newest() {
        return newest;
    }

    /** Anchors all that is stored by now, in a final block or not. */
    synchronized AnchorReader.Claim anchor(FakeChain chain, boolean isFinal) {
        var last = newest.orElseThrow();
        var size = log.size();
        var hash = new byte[32];
        hash[0] = (byte) size;
        var claim = new AnchorReader.Claim(
                nodeId, epoch, size, log.root(), 100 + size, Bytes32.of(hash), Bytes32.of(hash), 0);
        var proof = AnchorProof.newBuilder()
                .setRecord(wire(last.signed()))
                .setPosition(last.position())
                .setTreeSize(size)
                .setRoot(bytes(claim.root()))
                .setNodeId(bytes(nodeId))
                .setEpoch(epoch)
                .setBlockNumber(claim.blockNumber())
                .setBlockHash(bytes(claim.blockHash()))
                .setTransactionHash(bytes(claim.transactionHash()))
                .setLogIndex(0);
        MerkleTree.inclusion(last.position(), size, log).path().forEach(node -> proof.addPath(bytes(node)));
        anchored = Optional.of(proof.build());
        if (isFinal) {
            chain.put(claim);
        } else {
            chain.putPending(claim);
        }
        return claim;
    }

    @Override
    public void submit(ReportBatch batch, StreamObserver<SubmitAck> out) {
        Optional<Mischief> how;
        SubmitAck answer;
        synchronized (this) {
            received.add(batch);
            how = Optional.ofNullable(mischief.poll());
            answer = answer(batch, how);
        }
        if (how.equals(Optional.of(Mischief.LOSES_ACK))) {
            return;
        }
        if (how.equals(Optional.of(Mischief.BREAKS_AFTER_STORING))) {
            out.onError(Status.UNAVAILABLE.withDescription("broken").asRuntimeException());
            return;
        }
        if (how.equals(Optional.of(Mischief.SLOW))) {
            try {
                Thread.sleep(300);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        out.onNext(answer);
        out.onCompleted();
    }

    @Override
    public synchronized void status(StatusQuery query, StreamObserver<StatusAnswer> out) {
        out.onNext(StatusAnswer.newBuilder()
                .setAccepting(!draining)
                .setReason(draining ? "draining" : "")
                .build());
        out.onCompleted();
    }

    @Override
    public synchronized void position(AgreementQuery query, StreamObserver<PositionAnswer> out) {
        var answer = PositionAnswer.newBuilder();
        newest.ifPresent(kept -> answer.setNewest(wire(kept.signed())));
        out.onNext(answer.build());
        out.onCompleted();
    }

    private SubmitAck answer(ReportBatch batch, Optional<Mischief> how) {
        var ack = SubmitAck.newBuilder().setBatchId(batch.getBatchId());
        var stored = new ArrayList<Receipt.Entry>();
        Optional<RecordError> refusal = how.flatMap(this::refusal);
        if (!forks.isEmpty()) {
            refusal = Optional.of(error(RecordFault.of(SubmitError.FORKED, "another branch", "this one"))
                    .setForked(forks.poll())
                    .build());
        }
        if (draining) {
            refusal = Optional.of(error(RecordFault.of(SubmitError.DRAINING, "a node that accepts", "draining"))
                    .build());
        }
        for (var report : batch.getReportsList()) {
            for (var wire : report.getRecordsList()) {
                ack.addResults(
                        refusal.isPresent()
                                ? RecordResult.newBuilder()
                                        .setError(refusal.get())
                                        .build()
                                : take(wire, wire.equals(report.getRecords(0)), stored));
            }
        }
        if (!stored.isEmpty()) {
            var anchorBy = System.currentTimeMillis() / 1000 + promiseSeconds;
            var receipt = new Receipt(nodeId, epoch, Receipt.recordsHash(stored), anchorBy);
            var signer = how.equals(Optional.of(Mischief.FOREIGN_RECEIPT)) ? SignerKey.generate() : key;
            ack.setReceipt(io.tollkeeper.protocol.v1.Receipt.newBuilder()
                    .setNodeId(bytes(nodeId))
                    .setEpoch(epoch)
                    .setAnchorBy(anchorBy)
                    .setSignature(ByteString.copyFrom(
                            signer.sign(Fixture.DOMAIN.digest(receipt)).toByteArray())));
        }
        anchored.ifPresent(ack::addAnchored);
        return ack.build();
    }

    private Optional<RecordError> refusal(Mischief how) {
        var error =
                switch (how) {
                    case MOVE -> Optional.of(SubmitError.DRAINING);
                    case RETRY -> Optional.of(SubmitError.OVERLOADED);
                    case FATAL -> Optional.of(SubmitError.AMOUNT_WRONG);
                    case CLOSED -> Optional.of(SubmitError.AGREEMENT_CLOSED);
                    case LOSES_ACK, BREAKS_AFTER_STORING, FOREIGN_RECEIPT, SLOW -> Optional.<SubmitError>empty();
                };
        return error.map(
                it -> error(RecordFault.of(it, "another day", "this one")).build());
    }

    private RecordResult take(io.tollkeeper.protocol.v1.SignedRecord wire, boolean first, List<Receipt.Entry> stored) {
        try {
            var canonical = wire.getRecord().toByteArray();
            var usage = CanonicalRecord.decode(canonical);
            var digest = Fixture.DOMAIN.digest(usage);
            var signature = Signature.of(wire.getSignature().toByteArray());
            if (!signature.recover(digest).equals(Optional.of(Fixture.KEY.address()))) {
                return refused(RecordFault.of(SubmitError.SIGNATURE_INVALID, "the signer", "another"));
            }
            var known = records.get(digest);
            if (known != null) {
                stored.add(new Receipt.Entry(digest, known.position()));
                return RecordResult.newBuilder()
                        .setDigest(bytes(digest))
                        .setDuplicate(Stored.newBuilder().setPosition(known.position()))
                        .build();
            }
            var now = System.currentTimeMillis() / 1000;
            var fault = fault(usage, first, now);
            if (fault.isPresent()) {
                return refused(fault.get());
            }
            if (!usage.amount()
                    .equals(Fixture.TARIFF.amount(
                            Counters.fromProtocol(usage.body().counters()).toRating()))) {
                return refused(RecordFault.of(SubmitError.AMOUNT_WRONG, "the tariff's", usage.amount()));
            }
            var position = log.append(CanonicalRecord.leafHash(canonical));
            var kept = new Kept(new SignedRecord(usage, signature), digest, position);
            records.put(digest, kept);
            if (newest.isEmpty() || newest.get().signed().record().seq() < usage.seq()) {
                newest = Optional.of(kept);
            }
            stored.add(new Receipt.Entry(digest, position));
            return RecordResult.newBuilder()
                    .setDigest(bytes(digest))
                    .setAccepted(Stored.newBuilder().setPosition(position))
                    .build();
        } catch (MalformedRecordException malformed) {
            return refused(RecordFault.of(SubmitError.RECORD_MALFORMED, "a record", malformed));
        }
    }

    /** A record stands between its neighbours; the first of a report may begin a chain. */
    private Optional<RecordFault> fault(UsageRecord usage, boolean first, long now) {
        var isGapFilled = newest.isPresent()
                && usage.seq() < newest.get().signed().record().seq()
                && records.values().stream()
                        .noneMatch(kept -> kept.signed().record().seq() == usage.seq());
        if (isGapFilled || (newest.isEmpty() && first && !refusesUnknownStart)) {
            return RecordRules.checkAlone(usage, now, 3600);
        }
        return RecordRules.check(
                newest.map(kept -> new StoredRecord(kept.digest(), kept.signed().record())), usage, now, 3600);
    }

    private RecordResult refused(RecordFault fault) {
        var error = error(fault);
        fault.needFromSeq().ifPresent(error::setNeedFromSeq);
        if (fault.error().errorClass() == ErrorClass.FORKED) {
            newest.ifPresent(kept -> error.setForked(wire(kept.signed())));
        }
        return RecordResult.newBuilder().setError(error).build();
    }

    private static RecordError.Builder error(RecordFault fault) {
        return RecordError.newBuilder()
                .setNumber(fault.error().number())
                .setName(fault.error().name())
                .setErrorClass(fault.error().errorClass().toWire())
                .setExpected(fault.expected())
                .setActual(fault.actual())
                .setRetryAfterMillis(150);
    }

    private static io.tollkeeper.protocol.v1.SignedRecord wire(SignedRecord signed) {
        return io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                .setRecord(ByteString.copyFrom(CanonicalRecord.encode(signed.record())))
                .setSignature(ByteString.copyFrom(signed.signature().toByteArray()))
                .build();
    }

    private static ByteString bytes(Bytes32 hash) {
        return ByteString.copyFrom(hash.toByteArray());
    }
}
