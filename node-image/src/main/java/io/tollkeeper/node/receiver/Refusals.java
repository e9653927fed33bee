package io.tollkeeper.node.receiver;

import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.rules.Admission;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.v1.ReportBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Refusals of whole batches, for reasons of the node and not of a record. */
final class Refusals {
    private static final long RETRY_VIEW_MILLIS = 5_000;

    private Refusals() {}

    static Decision.Refuse closed(Gate.Reason reason) {
        String detail = reason.detail();
        return switch (reason.closed()) {
            case DRAINING -> Decision.refuse(SubmitError.DRAINING, "a node that stays", detail);
            case FENCED, LEASE_LOST, LOG_BEHIND_CHAIN ->
                Decision.refuse(SubmitError.FENCED, "the node's present epoch", detail);
            case STORE_FAILING -> Decision.refuse(SubmitError.STORE_FAILED, "a disk that takes writes", detail);
            case VIEW_OLD ->
                Decision.retry(SubmitError.VIEW_TOO_OLD, "a fresh view of the chain", detail, RETRY_VIEW_MILLIS);
        };
    }

    static List<RecordAnswer> all(ReportBatch batch, Decision.Refuse refusal) {
        List<RecordAnswer> answers = new ArrayList<>();
        for (var report : batch.getReportsList()) {
            for (int i = 0; i < report.getRecordsCount(); i++) {
                answers.add(new RecordAnswer.Refused(Optional.empty(), refusal));
            }
        }
        return answers;
    }

    static List<RecordAnswer> all(List<Admission.Result> records, Decision.Refuse refusal) {
        List<RecordAnswer> answers = new ArrayList<>();
        for (Admission.Result record : records) {
            answers.add(
                    switch (record) {
                        case Admission.Result.Refused(var digest, var own) -> new RecordAnswer.Refused(digest, own);
                        case Admission.Result.Admitted admitted ->
                            new RecordAnswer.Refused(
                                    Optional.of(admitted.claim().digest()), refusal);
                    });
        }
        return answers;
    }
}
