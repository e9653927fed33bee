package io.tollkeeper.node.receiver;

import com.google.protobuf.ByteString;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.rules.Admission;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.node.rules.Lookup;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.v1.Report;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The way of a batch: gate → size → agreements → checks of each record (a lane) → decision and write (the committing
 * thread) → answer (the lane again). Nobody waits for anybody on the way; the caller is called back.
 */
public final class Receiver implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Receiver.class);

    /** Records in one batch. */
    public static final int RECORDS_MAX = 5_000;

    /** Batches that may be on their way, in kilobytes begun of what they carry. */
    private static final int IN_FLIGHT_KILOBYTES_MAX = 64 << 10;

    private static final int LANES = 2;
    private static final long RETRY_LOAD_MILLIS = 250;

    private final Admission admission;
    private final Agreements agreements;
    private final Ledger ledger;
    private final Committer committer;
    private final AckWriter acks;
    private final Gate gate;
    private final NodeMetrics metrics;
    private final Clock clock;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_KILOBYTES_MAX);

    /** An agreement's batches keep to one of these threads, so that they reach the store in the order they came. */
    private final List<ExecutorService> lanes = Stream.generate(() -> Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("checks-", 0).factory()))
            .limit(LANES)
            .toList();

    public Receiver(
            Admission admission,
            Agreements agreements,
            Ledger ledger,
            Committer committer,
            AckWriter acks,
            Gate gate,
            NodeMetrics metrics,
            Clock clock) {
        this.admission = admission;
        this.agreements = agreements;
        this.ledger = ledger;
        this.committer = committer;
        this.acks = acks;
        this.gate = gate;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Takes a batch; {@code answer} is called exactly once, on any thread. */
    public void submit(ReportBatch batch, Consumer<SubmitAck> answer) {
        Optional<Decision.Refuse> refusal = gate.reason().map(Refusals::closed).or(() -> tooLarge(batch));
        int kilobytes = 1 + (batch.getSerializedSize() >> 10);
        if (refusal.isEmpty() && !inFlight.tryAcquire(kilobytes)) {
            refusal = Optional.of(overloaded());
        }
        if (refusal.isPresent()) {
            gate.reason().ifPresent(why -> metrics.refusedReadOnly(why.closed().name(), recordsOf(batch)));
            answer.accept(acks.ack(batch, Refusals.all(batch, refusal.get())));
            return;
        }
        ExecutorService lane = laneOf(lanes, batch);
        Consumer<List<RecordAnswer>> finish = answers -> lane.execute(() -> {
            try {
                answer.accept(acks.ack(batch, answers));
            } finally {
                inFlight.release(kilobytes);
            }
        });
        var _ = lookups(batch)
                .thenAcceptAsync(lookups -> check(batch, lookups, finish), lane)
                .whenComplete((_, fault) -> {
                    if (fault != null) {
                        LOG.error("a batch could not be checked", fault);
                        finish.accept(Refusals.all(batch, overloaded()));
                    }
                });
    }

    private void check(ReportBatch batch, Map<ByteString, Lookup> lookups, Consumer<List<RecordAnswer>> finish) {
        List<Admission.Result> records = new ArrayList<>();
        for (Report report : batch.getReportsList()) {
            Lookup lookup = lookups.getOrDefault(agreementOf(report), new Lookup.Absent());
            for (int i = 0; i < report.getRecordsCount(); i++) {
                var signed = report.getRecords(i);
                boolean opens = i == 0 && report.getRecordsCount() > 1;
                records.add(admission.admit(
                        signed.getRecord().toByteArray(), signed.getSignature().toByteArray(), lookup, opens));
            }
        }
        if (!committer.offer(new BatchWork(ledger, clock, records, finish))) {
            finish.accept(Refusals.all(records, overloaded()));
        }
    }

    /** What is known of the agreements of a batch: at once when all are known here, else after asking the chain. */
    private CompletableFuture<Map<ByteString, Lookup>> lookups(ReportBatch batch) {
        Map<ByteString, Lookup> found = new HashMap<>();
        Map<ByteString, CompletableFuture<Lookup>> asked = new HashMap<>();
        for (Report report : batch.getReportsList()) {
            ByteString id = agreementOf(report);
            if (id.isEmpty() || found.containsKey(id) || asked.containsKey(id)) {
                continue;
            }
            Bytes32 agreement = Bytes32.of(id.toByteArray());
            agreements
                    .known(agreement)
                    .ifPresentOrElse(known -> found.put(id, known), () -> asked.put(id, agreements.ask(agreement)));
        }
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        return CompletableFuture.allOf(asked.values().toArray(new CompletableFuture<?>[0]))
                .thenApply(_ -> {
                    asked.forEach((id, answer) -> found.put(id, answer.join()));
                    return found;
                });
    }

    /** The agreement that a report's first record names: its first 32 bytes. Nobody is asked about what is no record. */
    private static ByteString agreementOf(Report report) {
        if (report.getRecordsCount() == 0) {
            return ByteString.EMPTY;
        }
        ByteString record = report.getRecords(0).getRecord();
        boolean mayBeOne = record.size() >= CanonicalRecord.MIN_BYTES && record.size() <= CanonicalRecord.MAX_BYTES;
        return mayBeOne ? record.substring(0, Bytes32.LENGTH) : ByteString.EMPTY;
    }

    private static Optional<Decision.Refuse> tooLarge(ReportBatch batch) {
        int records = batch.getReportsList().stream()
                .mapToInt(Report::getRecordsCount)
                .sum();
        return records <= RECORDS_MAX
                ? Optional.empty()
                : Optional.of(
                        Decision.refuse(SubmitError.BATCH_TOO_LARGE, "at most " + RECORDS_MAX + " records", records));
    }

    private static ExecutorService laneOf(List<ExecutorService> lanes, ReportBatch batch) {
        int agreement = batch.getReportsCount() == 0
                ? 0
                : agreementOf(batch.getReports(0)).hashCode();
        return lanes.get(Math.floorMod(agreement, lanes.size()));
    }

    private static int recordsOf(ReportBatch batch) {
        return batch.getReportsList().stream().mapToInt(Report::getRecordsCount).sum();
    }

    private static Decision.Refuse overloaded() {
        return Decision.retry(
                SubmitError.OVERLOADED,
                "at most " + IN_FLIGHT_KILOBYTES_MAX + " kB on their way",
                "more",
                RETRY_LOAD_MILLIS);
    }

    /** Waits until what was taken is answered, at most this long; new batches are the gate's business. */
    public void drain(Duration patience) throws InterruptedException {
        if (inFlight.tryAcquire(IN_FLIGHT_KILOBYTES_MAX, patience.toMillis(), TimeUnit.MILLISECONDS)) {
            inFlight.release(IN_FLIGHT_KILOBYTES_MAX);
        }
    }

    @Override
    public void close() {
        lanes.forEach(ExecutorService::close);
    }
}
