package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignedRecord;
import java.util.List;
import java.util.Optional;

/** One change of a spool's state; a segment is a list of them. */
sealed interface SpoolEntry {
    /** The state that stands in no other entry; begins each segment. */
    record Meta(
            Optional<Reading> newest,
            long branch,
            Counters offset,
            Counters branchBase,
            List<Bytes32> merged,
            Optional<String> stopped)
            implements SpoolEntry {}

    /** The record that a server which does not know the agreement is shown first; with its proof if it is anchored. */
    record Floor(SignedRecord signed, Optional<ByteString> proof) implements SpoolEntry {}

    /** The end of the entries with which a segment repeats the state; without it the segment does not count. */
    record SnapshotEnd() implements SpoolEntry {}

    record Taken(Reading reading) implements SpoolEntry {}

    /** A record was made of all readings up to {@code readingId}. */
    record Signed(SignedRecord signed, long readingId, int refusals) implements SpoolEntry {}

    record Acknowledged(Bytes32 digest, Ack ack) implements SpoolEntry {}

    /** The client has itself proven that this record is anchored; {@code proof} is a {@code tollkeeper.v1.AnchorProof}. */
    record Anchored(Bytes32 digest, ByteString proof) implements SpoolEntry {}

    /**
     * A record of this signer that the spool did not know (the spool was lost, or the key is used twice) takes the place
     * of all that was signed here and not proven; {@code offset} carries over what those records had measured.
     */
    record Adopted(SignedRecord signed, Counters offset, long branch) implements SpoolEntry {}

    /**
     * What was signed from {@code fromSeq} on returns to being readings, to be signed anew in another branch.
     *
     * @param refused whether the first of them was refused for good
     * @param merged a foreign record whose use {@code offset} now contains
     */
    record Rebranched(long fromSeq, long branch, Counters offset, boolean refused, Optional<Bytes32> merged)
            implements SpoolEntry {}

    /** Nothing will be signed any more. */
    record Stopped(String why) implements SpoolEntry {}
}
