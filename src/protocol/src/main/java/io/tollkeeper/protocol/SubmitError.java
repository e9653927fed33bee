package io.tollkeeper.protocol;

import java.util.Optional;

/**
 * Everything that a node can answer instead of storing a record, or instead of an answer about an agreement. First what a
 * receiver checks, in the order in which it checks; then states of the node; then queries. A number is never used for
 * anything else again. The table in docs/protocol.md is written from this list.
 */
public enum SubmitError {
    BATCH_TOO_LARGE(
            1, ErrorClass.RETRY, "The batch has more records or bytes than this node takes at once: send fewer."),
    RECORD_TOO_LARGE(2, ErrorClass.FATAL, "The record is longer than this node takes."),
    RECORD_MALFORMED(3, ErrorClass.FATAL, "The bytes are no canonical record, or the signature is not 64 bytes long."),
    AGREEMENT_UNKNOWN(4, ErrorClass.RETRY, "This node has not seen the agreement opened on the chain (yet)."),
    AGREEMENT_CLOSED(5, ErrorClass.CLOSED, "The agreement has ended: its CLOSE is stored, or the contract says so."),
    PLAN_NOT_SERVED(6, ErrorClass.MOVE, "The agreement's plan is none of those that this node serves."),
    SIGNATURE_INVALID(7, ErrorClass.FATAL, "The signature is not the agreement's signer's over this record."),
    PREDECESSOR_MISSING(8, ErrorClass.NEED_FROM, "Records before this one are missing here."),
    FORKED(9, ErrorClass.FORKED, "Another record stands at this seq, or the record before has another digest."),
    BRANCH_FALLS(10, ErrorClass.FATAL, "The branch is lower than the predecessor's."),
    AS_OF_FALLS(11, ErrorClass.FATAL, "asOf is before the predecessor's."),
    AMOUNT_FALLS(12, ErrorClass.FATAL, "The amount is below the predecessor's."),
    AS_OF_OUTSIDE_WINDOW(13, ErrorClass.FATAL, "asOf does not lie in the stated window (its end is in it)."),
    CLOCK_AHEAD(14, ErrorClass.RETRY, "asOf is further ahead of this node's clock than its skew limit."),
    BASE_CHANGED(15, ErrorClass.FATAL, "The window is the predecessor's, and the base is not."),
    COUNTER_FALLS(16, ErrorClass.FATAL, "The window is the predecessor's, and a counter fell or is gone."),
    WINDOW_WRONG(
            17, ErrorClass.FATAL, "The window is none of the tariff's, before the predecessor's, or it overlaps it."),
    BASE_WRONG(18, ErrorClass.FATAL, "A new window's base is not the predecessor's amount (0 at the first record)."),
    METER_UNKNOWN(19, ErrorClass.FATAL, "A counter is of a meter or band that the tariff does not have."),
    AMOUNT_WRONG(20, ErrorClass.FATAL, "The amount is not the base plus what the tariff says for the counters."),
    FUNDS_EXHAUSTED(
            21, ErrorClass.RETRY, "The predecessor had reached the limit of the funds, reportEvery ago or more."),

    DRAINING(40, ErrorClass.MOVE, "The node is shutting down."),
    FENCED(41, ErrorClass.MOVE, "The node's epoch has ended, or its Lease is another's."),
    BLIND(42, ErrorClass.MOVE, "The node does not see the chain and others do."),
    VIEW_TOO_OLD(43, ErrorClass.RETRY, "Nobody sees the chain, for longer than the plans allow."),
    OVERLOADED(44, ErrorClass.RETRY, "The node's queue is full."),
    STORE_FAILED(45, ErrorClass.MOVE, "The node could not write to its disk."),

    QUERY_MALFORMED(60, ErrorClass.FATAL, "A field of the query has the wrong length or range."),
    QUERY_SIGNATURE_INVALID(61, ErrorClass.FATAL, "The query's signer is not the agreement's signer, payer or payee."),
    QUERY_STALE(62, ErrorClass.RETRY, "issuedAt is further from this node's clock than its skew limit."),
    RECORD_UNKNOWN(63, ErrorClass.MOVE, "This node does not hold the record."),
    NOT_ANCHORED(64, ErrorClass.RETRY, "This node holds the record and has not seen it anchored yet.");

    private final int number;
    private final ErrorClass errorClass;
    private final String text;

    SubmitError(int number, ErrorClass errorClass, String text) {
        this.number = number;
        this.errorClass = errorClass;
        this.text = text;
    }

    /** The number in answers, metric labels and log lines. */
    public int number() {
        return number;
    }

    /** What the sender does next. */
    public ErrorClass errorClass() {
        return errorClass;
    }

    /** The rule that was broken, in a sentence. */
    public String text() {
        return text;
    }

    /** The error with this number; empty when this version does not know it. */
    public static Optional<SubmitError> ofNumber(int number) {
        for (SubmitError candidate : values()) {
            if (candidate.number == number) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
