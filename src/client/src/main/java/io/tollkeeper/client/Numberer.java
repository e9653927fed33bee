package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.io.IOException;

/** Gives never-sent readings their numbers and signatures; the signed record is on the disk before anybody sees it. */
final class Numberer {
    private final Spool spool;
    private final RecordMaker maker;
    private final SignerKey key;
    private final SigningDomain domain;
    private final Journal journal;

    Numberer(Spool spool, RecordMaker maker, SignerKey key, SigningDomain domain, Journal journal) {
        this.spool = spool;
        this.maker = maker;
        this.key = key;
        this.domain = domain;
        this.journal = journal;
    }

    Address signer() {
        return key.address();
    }

    /** Numbers what waits, at most {@code recordsMax} readings. */
    void numberUpTo(int recordsMax) throws IOException {
        for (var i = 0; i < recordsMax && numberOne(); i++) {
            // Each is on the disk before the next one is begun.
        }
    }

    private boolean numberOne() throws IOException {
        // Nothing may come between the state that a record is made of and the record.
        synchronized (spool) {
            var state = spool.state();
            if (state.unsent().isEmpty() || state.stopped().isPresent() || spool.full()) {
                return false;
            }
            var reading = state.unsent().getFirst();
            var usage = maker.next(state, reading);
            var signed = new SignedRecord(usage, key.sign(domain.digest(usage)));
            journal.signed(spool.sign(signed, reading.id(), reading.refusals()));
            return true;
        }
    }
}
