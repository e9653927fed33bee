package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.Receipt;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.RecordError;
import io.tollkeeper.protocol.v1.Report;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.Stored;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Delivers the spool's records to one server at a time, for ever. With each new server it begins with the newest anchored
 * record and everything behind it: a server that holds them answers "duplicate", one that does not has now all it needs.
 */
final class Sender {
    static final int RECORDS_IN_BATCH_MAX = 64;
    /** Records are numbered only as fast as they are taken. */
    private static final int NUMBERED_AT_ONCE_MAX = RECORDS_IN_BATCH_MAX;

    static final long BACKOFF_FIRST_MILLIS = 200;
    static final long BACKOFF_MAX_MILLIS = 5_000;
    private static final double BACKOFF_FACTOR = 1.6;
    private static final double BACKOFF_JITTER = 0.2;
    private static final long RETRY_MIN_MILLIS = 100;
    private static final long RETRY_MAX_MILLIS = 30_000;

    /** Time without an answer after which the newest record is shown again, to learn what is anchored. */
    static final long ASK_AGAIN_MILLIS = 2_000;

    /** How long {@link #step} would like to rest when there is nothing to send. */
    static final long IDLE_MILLIS = 1_000;

    /**
     * A pause before the next step.
     *
     * @param idle whether a new reading ends it: nothing waits for anything but work
     */
    record Rest(long millis, boolean idle) {
        static final Rest NONE = new Rest(0, false);

        static Rest idle(long millis) {
            return new Rest(millis, true);
        }
    }

    /** One stay with one server. */
    private static final class Stay {
        private final String url;
        /** The next number that this server is to be shown; 0: the floor and all behind it. */
        private long nextSeq;
        /** Whether the last call of this stay got every record stored. */
        private boolean flowing;
        /** The node's epoch behind this URL, as its last receipt said. */
        private Optional<Receipts.Epoch> epoch = Optional.empty();

        private Stay(String url) {
            this.url = url;
        }
    }

    private final Bytes32 agreement;
    private final SigningDomain domain;
    private final Spool spool;
    private final Numberer numberer;
    private final ServerList servers;
    private final Nodes nodes;
    private final Receipts receipts;
    private final Journal journal;
    private final BiConsumer<String, AnchorProof> proofs;
    private final ClientClock clock;
    private final RandomGenerator random;
    private final Events events;

    private Optional<Stay> stay = Optional.empty();
    private int batchMax = RECORDS_IN_BATCH_MAX;
    private int fruitlessInARow;
    private long batchId;
    private long answeredAtMillis;
    /** The server that stored records last; for those who watch. */
    private String storedBy = "";

    private volatile boolean resend;

    Sender(
            Bytes32 agreement,
            SigningDomain domain,
            Spool spool,
            Numberer numberer,
            ServerList servers,
            Nodes nodes,
            Receipts receipts,
            Journal journal,
            BiConsumer<String, AnchorProof> proofs,
            ClientClock clock,
            RandomGenerator random,
            Events events) {
        this.agreement = agreement;
        this.domain = domain;
        this.spool = spool;
        this.numberer = numberer;
        this.servers = servers;
        this.nodes = nodes;
        this.receipts = receipts;
        this.journal = journal;
        this.proofs = proofs;
        this.clock = clock;
        this.random = random;
        this.events = events;
        this.answeredAtMillis = clock.millis();
    }

    /** All that is not anchored is to be shown again, to whichever server comes next. */
    void resendUnanchored() {
        resend = true;
    }

    /**
     * One call, or none when there is nothing to do.
     *
     * @return how long to rest before the next step
     * @throws IOException when the spool cannot be written; nothing was sent that is not on the disk
     */
    Rest step() throws IOException {
        if (resend) {
            resend = false;
            stay = Optional.empty();
        }
        number();
        var state = spool.state();
        if (!hasWork(state)) {
            return Rest.idle(
                    Math.max(1, Math.min(IDLE_MILLIS, ASK_AGAIN_MILLIS - (clock.millis() - answeredAtMillis))));
        }
        var url = servers.choose();
        var current = stay.filter(old -> old.url.equals(url)).orElseGet(() -> moveTo(url));
        var batch = batchFor(current, state);
        return batch.isEmpty() ? Rest.idle(IDLE_MILLIS) : send(current, batch);
    }

    private Stay moveTo(String url) {
        var next = new Stay(url);
        stay = Optional.of(next);
        return next;
    }

    /** Numbers at first send: while nothing is under way, or while the server takes what it gets. */
    private void number() throws IOException {
        var flowing = stay.filter(current -> current.flowing).isPresent();
        if (flowing || spool.state().unacknowledged().isEmpty()) {
            numberer.numberUpTo(NUMBERED_AT_ONCE_MAX);
        }
    }

    private boolean hasWork(SpoolState state) {
        var sendable = sendable(state);
        if (sendable.isEmpty()) {
            return false;
        }
        var asks = clock.millis() - answeredAtMillis >= ASK_AGAIN_MILLIS;
        return asks
                || sendable.stream().anyMatch(record -> record.ack().isEmpty())
                || stay.isEmpty()
                || stay.get().nextSeq <= sendable.getLast().seq();
    }

    /** After a stop nothing new is delivered; what was accepted is still followed until it is anchored. */
    private static List<SpooledRecord> sendable(SpoolState state) {
        return state.stopped().isEmpty()
                ? state.signed()
                : state.signed().stream()
                        .filter(record -> record.ack().isPresent())
                        .toList();
    }

    private List<SpooledRecord> batchFor(Stay current, SpoolState state) {
        var batch = new ArrayList<SpooledRecord>();
        state.floor().filter(floor -> floor.seq() >= current.nextSeq).ifPresent(batch::add);
        var sendable = sendable(state);
        sendable.stream().filter(record -> record.seq() >= current.nextSeq).forEach(batch::add);
        if (batch.isEmpty() && !sendable.isEmpty()) {
            batch.add(sendable.getLast());
        }
        return List.copyOf(batch.subList(0, Math.min(batch.size(), batchMax)));
    }

    private Rest send(Stay current, List<SpooledRecord> batch) throws IOException {
        var report = Report.newBuilder();
        for (var record : batch) {
            report.addRecords(io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                    .setRecord(ByteString.copyFrom(CanonicalRecord.encode(record.record())))
                    .setSignature(
                            ByteString.copyFrom(record.signed().signature().toByteArray())));
        }
        var request = ReportBatch.newBuilder()
                .setBatchId(++batchId)
                .addReports(report)
                .build();
        SubmitAck answer;
        try {
            answer = nodes.submit(current.url, request);
            checkShape(answer, request, batch);
        } catch (NodeCallException failure) {
            return failed(current, failure);
        }
        return answered(current, batch, answer);
    }

    private static void checkShape(SubmitAck answer, ReportBatch request, List<SpooledRecord> batch)
            throws NodeCallException {
        if (answer.getBatchId() != request.getBatchId() || answer.getResultsCount() != batch.size()) {
            throw new NodeCallException(
                    ServerList.Failure.ERROR,
                    "expected an answer to batch %d with %d results, actual batch %d with %d"
                            .formatted(
                                    request.getBatchId(), batch.size(), answer.getBatchId(), answer.getResultsCount()));
        }
        for (var i = 0; i < batch.size(); i++) {
            var result = answer.getResults(i);
            var expected = ByteString.copyFrom(batch.get(i).digest().toByteArray());
            if (!result.hasError() && !result.getDigest().equals(expected)) {
                throw new NodeCallException(
                        ServerList.Failure.ERROR, "result " + i + ": expected the digest of the record sent");
            }
        }
    }

    private Rest failed(Stay current, NodeCallException failure) {
        var before = servers.stateOf(current.url);
        servers.failed(current.url, failure.failure(), failure.detail());
        current.flowing = false;
        var after = servers.stateOf(current.url);
        if (!after.equals(before)) {
            events.event(
                    "server", current.url + " is " + after.map(Enum::name).orElse("gone") + ": " + failure.detail());
        }
        return restAfterFruitlessCall();
    }

    /** The next server at once, as long as there is a good one; with none, a pause after each round of all of them. */
    private Rest restAfterFruitlessCall() {
        fruitlessInARow++;
        if (servers.anyUsable() || fruitlessInARow % servers.size() != 0) {
            return Rest.NONE;
        }
        var rounds = fruitlessInARow / servers.size();
        var capped = Math.min(BACKOFF_MAX_MILLIS, BACKOFF_FIRST_MILLIS * Math.pow(BACKOFF_FACTOR, rounds - 1.0));
        return jittered(capped);
    }

    private Rest pause() {
        return jittered(BACKOFF_FIRST_MILLIS);
    }

    private Rest jittered(double millis) {
        return new Rest(Math.round(millis * (1 - BACKOFF_JITTER + 2 * BACKOFF_JITTER * random.nextDouble())), false);
    }

    private Rest answered(Stay current, List<SpooledRecord> batch, SubmitAck answer) throws IOException {
        var stored = new ArrayList<Receipt.Entry>();
        Optional<Integer> firstError = Optional.empty();
        for (var i = 0; i < batch.size(); i++) {
            var position = storedAt(answer, i);
            if (position.isPresent()) {
                stored.add(
                        new Receipt.Entry(batch.get(i).digest(), position.get().getPosition()));
            } else if (firstError.isEmpty()) {
                firstError = Optional.of(i);
            }
        }
        if (!stored.isEmpty()) {
            var fault = receipts.fault(answer.getReceipt(), stored);
            if (fault.isPresent()) {
                return failed(current, new NodeCallException(ServerList.Failure.ERROR, fault.get()));
            }
        }
        answeredAtMillis = clock.millis();
        if (!stored.isEmpty() && !current.url.equals(storedBy)) {
            events.event("server", "records go to " + current.url);
            storedBy = current.url;
        }
        keepAcknowledgements(current, batch, answer);
        answer.getAnchoredList().forEach(proof -> proofs.accept(current.url, proof));
        var taken = firstError.orElse(batch.size());
        if (taken > 0) {
            current.nextSeq = Math.max(current.nextSeq, batch.get(taken - 1).seq() + 1);
        }
        if (!stored.isEmpty() && isSuccessor(current, answer)) {
            current.nextSeq = 0;
        }
        if (firstError.isEmpty()) {
            servers.succeeded(current.url);
            current.flowing = true;
            fruitlessInARow = 0;
            batchMax = Math.min(RECORDS_IN_BATCH_MAX, batchMax * 2);
            return Rest.NONE;
        }
        current.flowing = false;
        var refused = answer.getResults(firstError.get());
        if (!refused.hasError()) {
            return failed(current, new NodeCallException(ServerList.Failure.ERROR, "a result without outcome"));
        }
        return refused(current, batch, batch.get(firstError.get()), refused.getError());
    }

    /**
     * Whether another epoch answers behind the same URL. Its disk may be empty, and what its predecessor had acknowledged
     * and not anchored may be nowhere but here.
     */
    private boolean isSuccessor(Stay current, SubmitAck answer) {
        var epoch = Receipts.epochOf(answer.getReceipt());
        var before = current.epoch;
        current.epoch = Optional.of(epoch);
        var changed = before.isPresent() && !before.get().equals(epoch);
        if (changed) {
            events.event("server", current.url + " is now epoch " + epoch.epoch() + ": shown all that is not anchored");
        }
        return changed;
    }

    private static Optional<Stored> storedAt(SubmitAck answer, int index) {
        var result = answer.getResults(index);
        return switch (result.getOutcomeCase()) {
            case ACCEPTED -> Optional.of(result.getAccepted());
            case DUPLICATE -> Optional.of(result.getDuplicate());
            case ERROR, OUTCOME_NOT_SET -> Optional.empty();
        };
    }

    private void keepAcknowledgements(Stay current, List<SpooledRecord> batch, SubmitAck answer) throws IOException {
        for (var i = 0; i < batch.size(); i++) {
            var stored = storedAt(answer, i);
            if (stored.isEmpty()) {
                continue;
            }
            var record = batch.get(i);
            var ack = new Ack(
                    current.url,
                    clock.unixMillis(),
                    answer.getResults(i).hasDuplicate(),
                    stored.get().getPosition(),
                    answer.getReceipt().toByteString());
            spool.acknowledge(record.digest(), ack);
            journal.acknowledged(record, ack, answer.getReceipt());
        }
    }

    private Rest refused(Stay current, List<SpooledRecord> batch, SpooledRecord record, RecordError error)
            throws IOException {
        var text = "%s (%d) at seq %d by %s: expected %s, actual %s"
                .formatted(
                        error.getName(),
                        error.getNumber(),
                        record.seq(),
                        current.url,
                        error.getExpected(),
                        error.getActual());
        events.event("refused", text);
        return switch (error.getErrorClass()) {
            case RETRY, ERROR_CLASS_UNSPECIFIED, UNRECOGNIZED -> retry(current, error);
            case MOVE -> move(current, text);
            case NEED_FROM -> needFrom(current, batch, error, text);
            case FORKED -> forked(current, error, text);
            case CLOSED -> stop(text);
            case FATAL -> fatal(current, record, text);
        };
    }

    private Rest retry(Stay current, RecordError error) {
        servers.succeeded(current.url);
        if (error.getNumber() == SubmitError.BATCH_TOO_LARGE.number() && batchMax > 1) {
            batchMax = batchMax / 2;
            return Rest.NONE;
        }
        return jittered((double) Math.clamp(error.getRetryAfterMillis(), RETRY_MIN_MILLIS, RETRY_MAX_MILLIS));
    }

    private Rest move(Stay current, String why) {
        servers.moved(current.url, why);
        return restAfterFruitlessCall();
    }

    private Rest needFrom(Stay current, List<SpooledRecord> batch, RecordError error, String text) {
        var first = batch.getFirst().seq();
        if (error.getNeedFromSeq() < first && oldestHeld() < first) {
            current.nextSeq = Math.max(error.getNeedFromSeq(), oldestHeld());
            return Rest.NONE;
        }
        if (error.getNeedFromSeq() > first) {
            current.nextSeq = error.getNeedFromSeq();
            return pause();
        }
        // The server was shown all that this client still has: another one may know more, or the chain tells it later.
        return move(current, text);
    }

    private long oldestHeld() {
        var state = spool.state();
        return state.floor()
                .map(SpooledRecord::seq)
                .orElseGet(() ->
                        state.signed().isEmpty() ? 1 : state.signed().getFirst().seq());
    }

    /** FATAL: kept as evidence; what it measured is signed anew in another branch, once. */
    private Rest fatal(Stay current, SpooledRecord record, String text) throws IOException {
        var state = spool.state();
        var isFloor = state.floor()
                .filter(floor -> floor.digest().equals(record.digest()))
                .isPresent();
        if (isFloor || record.ack().isPresent()) {
            // Another node has stored it: what is wrong is not the record.
            return move(current, text);
        }
        servers.succeeded(current.url);
        journal.refused(record, current.url, text);
        if (record.refusals() > 0) {
            return stop("refused for good a second time: " + text);
        }
        spool.rebranch(record.seq(), state.branch() + 1, state.offset(), true, Optional.empty());
        events.event("branch", "goes on in branch " + (state.branch() + 1) + " after " + text);
        return pause();
    }

    private Rest stop(String why) throws IOException {
        spool.stop(why);
        events.event("stopped", why);
        return Rest.idle(IDLE_MILLIS);
    }

    /** The server holds another branch: goes on from the larger amount, with what the other one measured added. */
    private Rest forked(Stay current, RecordError error, String text) throws IOException {
        var foreign = ForeignRecord.read(error.getForked(), agreement, numberer.signer(), domain);
        if (foreign.isEmpty()) {
            return failed(current, new NodeCallException(ServerList.Failure.ERROR, "FORKED without a record: " + text));
        }
        return joinBranch(current, foreign.get(), text);
    }

    private Rest joinBranch(Stay current, SignedRecord foreign, String text) throws IOException {
        synchronized (spool) {
            var state = spool.state();
            var digest = domain.digest(foreign.record());
            if (isOwnChain(state, digest)) {
                current.nextSeq = foreign.record().seq() + 1;
                return pause();
            }
            if (state.knows(digest)) {
                return move(current, text);
            }
            var join = BranchJoin.of(state, foreign.record());
            if (join.adopts()) {
                spool.adopt(foreign, join.offset(), join.branch());
                journal.event("adopted", digest.hex());
                stay = Optional.empty();
                events.event("branch", "goes on from the server's branch, in branch " + join.branch() + ": " + text);
                return Rest.NONE;
            }
            var nextSeq = state.head().map(SpooledRecord::seq).orElse(0L) + 1;
            spool.rebranch(nextSeq, join.branch(), join.offset(), false, Optional.of(digest));
            journal.event("merged", digest.hex());
            events.event("branch", "goes on from its own branch, in branch " + join.branch() + ": " + text);
            return move(current, text);
        }
    }

    private static boolean isOwnChain(SpoolState state, Bytes32 digest) {
        return state.floor().filter(floor -> floor.digest().equals(digest)).isPresent()
                || state.signed().stream().anyMatch(record -> record.digest().equals(digest));
    }
}
