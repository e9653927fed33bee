package io.tollkeeper.node.receiver;

import com.google.protobuf.ByteString;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Receipt;
import io.tollkeeper.protocol.v1.RecordError;
import io.tollkeeper.protocol.v1.RecordResult;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.Stored;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts a batch's answer together: a result for each record, one receipt for all, and the proofs of what is anchored. */
public final class AckWriter {
    private final NodeSettings settings;
    private final AnchorProofs proofs;
    private final NodeMetrics metrics;
    private final Clock clock;

    public AckWriter(NodeSettings settings, AnchorProofs proofs, NodeMetrics metrics, Clock clock) {
        this.settings = settings;
        this.proofs = proofs;
        this.metrics = metrics;
        this.clock = clock;
    }

    SubmitAck ack(ReportBatch batch, List<RecordAnswer> answers) {
        SubmitAck.Builder ack = SubmitAck.newBuilder().setBatchId(batch.getBatchId());
        List<Receipt.Entry> promised = new ArrayList<>();
        Set<Bytes32> agreements = new HashSet<>();
        for (RecordAnswer answer : answers) {
            ack.addResults(
                    switch (answer) {
                        case RecordAnswer.Stored stored -> {
                            promised.add(new Receipt.Entry(stored.digest(), stored.leaf()));
                            agreements.add(stored.agreement());
                            yield result(stored);
                        }
                        case RecordAnswer.Refused refused -> result(refused);
                    });
        }
        if (!promised.isEmpty()) {
            ack.setReceipt(receipt(promised));
        }
        for (Bytes32 agreement : agreements) {
            proofs.newest(agreement).ifPresent(ack::addAnchored);
        }
        return ack.build();
    }

    private RecordResult result(RecordAnswer.Stored stored) {
        RecordResult.Builder result = RecordResult.newBuilder().setDigest(bytes(stored.digest()));
        Stored at = Stored.newBuilder().setPosition(stored.leaf()).build();
        if (stored.duplicate()) {
            metrics.duplicate(1);
            return result.setDuplicate(at).build();
        }
        metrics.accepted(1);
        return result.setAccepted(at).build();
    }

    private RecordResult result(RecordAnswer.Refused refused) {
        Decision.Refuse refusal = refused.refusal();
        metrics.refused(refusal.error().number(), refusal.error().name());
        RecordError.Builder error = RecordError.newBuilder()
                .setNumber(refusal.error().number())
                .setName(refusal.error().name())
                .setErrorClass(refusal.error().errorClass().toWire())
                .setExpected(refusal.expected())
                .setActual(refusal.actual())
                .setRetryAfterMillis(refusal.retryAfterMillis())
                .setNeedFromSeq(refusal.needFromSeq());
        refusal.forked().ifPresent(held -> error.setForked(Messages.signed(held.signed())));
        RecordResult.Builder result = RecordResult.newBuilder().setError(error);
        refused.digest().ifPresent(digest -> result.setDigest(bytes(digest)));
        return result.build();
    }

    private io.tollkeeper.protocol.v1.Receipt receipt(List<Receipt.Entry> promised) {
        long anchorBy = clock.instant().plus(settings.anchor().promise()).getEpochSecond();
        Receipt receipt = new Receipt(settings.nodeId(), settings.epoch(), Receipt.recordsHash(promised), anchorBy);
        return io.tollkeeper.protocol.v1.Receipt.newBuilder()
                .setNodeId(bytes(settings.nodeId()))
                .setEpoch(settings.epoch())
                .setAnchorBy(anchorBy)
                .setSignature(ByteString.copyFrom(
                        settings.key().sign(settings.domain().digest(receipt)).toByteArray()))
                .build();
    }

    private static ByteString bytes(Bytes32 value) {
        return ByteString.copyFrom(value.toByteArray());
    }
}
