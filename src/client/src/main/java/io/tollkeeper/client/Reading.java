package io.tollkeeper.client;

import io.tollkeeper.protocol.RecordKind;

/**
 * What the agreement's counters stood at, in this client's own count: cumulative over all of its sessions in the window.
 * A reading has no sequence number; it gets one when it is first sent, and until then it may merge into a newer one.
 *
 * @param id dense number of the reading in its spool, from 1
 * @param sessionNumber number of the session, from 1
 * @param sessionStartSeconds Unix second at which the session began
 * @param asOfSeconds Unix second up to which it measures
 * @param boundary whether it was cut at a TIME-period boundary, and so must become a record of its own
 * @param refusals how often a record of this reading was refused for good (FATAL)
 */
public record Reading(
        long id,
        long sessionNumber,
        long sessionStartSeconds,
        RecordKind kind,
        long asOfSeconds,
        boolean boundary,
        Counters counters,
        int refusals) {

    /** Whether {@code newer} says all that this reading says. */
    boolean mergesInto(Reading newer) {
        return newer.sessionNumber == sessionNumber
                && kind == RecordKind.INTERIM
                && newer.kind != RecordKind.START
                && !boundary
                && refusals == 0;
    }

    Reading withoutBoundary() {
        return new Reading(id, sessionNumber, sessionStartSeconds, kind, asOfSeconds, false, counters, refusals);
    }
}
