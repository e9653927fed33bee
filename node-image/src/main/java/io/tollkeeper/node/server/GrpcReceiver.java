package io.tollkeeper.node.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.tollkeeper.node.Node;
import io.tollkeeper.node.receiver.QueryException;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.BillingNodeGrpc;
import io.tollkeeper.protocol.v1.CheckpointQuery;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.ProofQuery;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.SignedCheckpoint;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.StatusQuery;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The node's API over gRPC. Runs on the event loop: submits go on by callback, queries to threads of their own. */
@GrpcService
public class GrpcReceiver extends BillingNodeGrpc.BillingNodeImplBase {
    private final Node node = Node.running();
    private final ExecutorService queries = Executors.newVirtualThreadPerTaskExecutor();

    @Override
    public void submit(ReportBatch batch, StreamObserver<SubmitAck> out) {
        node.receiver().submit(batch, ack -> {
            try {
                out.onNext(ack);
                out.onCompleted();
            } catch (StatusRuntimeException | IllegalStateException _) {
                // The caller has gone away; what was stored stays stored.
            }
        });
    }

    @Override
    public StreamObserver<ReportBatch> submitStream(StreamObserver<SubmitAck> out) {
        return new SubmitStream(out);
    }

    @Override
    public void position(AgreementQuery query, StreamObserver<PositionAnswer> out) {
        answer(out, () -> node.queries().position(query));
    }

    @Override
    public void proof(ProofQuery query, StreamObserver<AnchorProof> out) {
        answer(out, () -> node.queries().proof(query));
    }

    @Override
    public void checkpoint(CheckpointQuery query, StreamObserver<SignedCheckpoint> out) {
        answer(out, () -> node.queries().checkpoint());
    }

    @Override
    public void status(StatusQuery query, StreamObserver<StatusAnswer> out) {
        answer(out, () -> node.status().afterSyncedWrite());
    }

    private <T> void answer(StreamObserver<T> out, Callable<T> question) {
        queries.execute(() -> {
            try {
                out.onNext(question.call());
                out.onCompleted();
            } catch (QueryException e) {
                out.onError(e.status().asRuntimeException());
            } catch (Exception e) {
                out.onError(Status.UNAVAILABLE
                        .withDescription(String.valueOf(e.getMessage()))
                        .asRuntimeException());
            }
        });
    }

    /** One stream: answers come from many threads and may overtake one another, so each is sent under the lock. */
    private final class SubmitStream implements StreamObserver<ReportBatch> {
        private final StreamObserver<SubmitAck> out;
        private final AtomicInteger unanswered = new AtomicInteger(1);
        private final Object lock = new Object();

        SubmitStream(StreamObserver<SubmitAck> out) {
            this.out = out;
        }

        @Override
        public void onNext(ReportBatch batch) {
            unanswered.incrementAndGet();
            node.receiver().submit(batch, ack -> {
                synchronized (lock) {
                    if (!gone()) {
                        out.onNext(ack);
                    }
                }
                finishOne();
            });
        }

        @Override
        public void onError(Throwable cause) {
            // The caller has gone away; what was stored stays stored.
        }

        @Override
        public void onCompleted() {
            finishOne();
        }

        /** The caller has finished and the last answer is out: close. */
        private void finishOne() {
            if (unanswered.decrementAndGet() == 0) {
                synchronized (lock) {
                    if (!gone()) {
                        out.onCompleted();
                    }
                }
            }
        }

        private boolean gone() {
            return out instanceof ServerCallStreamObserver<SubmitAck> call && call.isCancelled();
        }
    }
}
