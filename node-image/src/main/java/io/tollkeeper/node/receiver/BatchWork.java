package io.tollkeeper.node.receiver;

import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.rules.Admission;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Group;
import io.tollkeeper.protocol.SubmitError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The records of one batch on their way through the committing thread. */
final class BatchWork implements Committer.Work {
    private final Ledger ledger;
    private final Clock clock;
    private final List<Admission.Result> records;
    private final Consumer<List<RecordAnswer>> done;
    private final List<RecordAnswer> answers = new ArrayList<>();

    BatchWork(Ledger ledger, Clock clock, List<Admission.Result> records, Consumer<List<RecordAnswer>> done) {
        this.ledger = ledger;
        this.clock = clock;
        this.records = records;
        this.done = done;
    }

    @Override
    public void prepare(Group group) {
        long now = clock.instant().getEpochSecond();
        for (Admission.Result record : records) {
            answers.add(
                    switch (record) {
                        case Admission.Result.Refused(var digest, var refusal) ->
                            new RecordAnswer.Refused(digest, refusal);
                        case Admission.Result.Admitted admitted -> submit(group, admitted, now);
                    });
        }
    }

    private RecordAnswer submit(Group group, Admission.Result.Admitted admitted, long now) {
        var claim = admitted.claim();
        Ledger.Outcome outcome = ledger.submit(group, claim, admitted.facts(), admitted.plan(), now);
        return switch (outcome.decision()) {
            case Decision.Accept _ ->
                new RecordAnswer.Stored(claim.record().agreement(), claim.digest(), outcome.leaf(), false);
            case Decision.Duplicate _ ->
                new RecordAnswer.Stored(claim.record().agreement(), claim.digest(), outcome.leaf(), true);
            case Decision.Refuse refusal -> new RecordAnswer.Refused(java.util.Optional.of(claim.digest()), refusal);
        };
    }

    @Override
    public void committed() {
        done.accept(answers);
    }

    /** Nothing of the group is on the disk: whatever was decided, no record of it may be acknowledged. */
    @Override
    public void failed(Throwable cause) {
        done.accept(Refusals.all(
                records,
                Decision.refuse(SubmitError.STORE_FAILED, "a synced write", String.valueOf(cause.getMessage()))));
    }
}
