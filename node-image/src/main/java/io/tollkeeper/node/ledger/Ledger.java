package io.tollkeeper.node.ledger;

import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.log.Leaf;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.rules.Claim;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.node.rules.Neighbours;
import io.tollkeeper.node.rules.RecordJudge;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Group;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.node.store.HeldRecord.LogPlace;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.UsageRecord;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides about records and writes them. Everything here runs on the committing thread. */
public final class Ledger implements Committer.Memory {
    /** Agreements whose newest record stays in memory; about a kilobyte each. */
    private static final int NEWEST_KEPT = 20_000;

    private final UsageLog log;
    private final Map<Bytes32, HeldRecord> newest = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, HeldRecord> eldest) {
            return size() > NEWEST_KEPT;
        }
    };

    public Ledger(UsageLog log) {
        this.log = log;
    }

    /** What became of a record, and where its leaf is if it has one. */
    public record Outcome(Decision decision, long leaf) {}

    /** Decides about one record and writes it if it is accepted. */
    public Outcome submit(Group group, Claim claim, AgreementFacts facts, ServedPlan plan, long now) {
        Neighbours near =
                neighbours(group, claim.record().agreement(), claim.record().seq());
        Decision decision = RecordJudge.decide(claim, near, facts, plan, log.epoch(), now);
        return switch (decision) {
            case Decision.Accept(long limitReachedAt) -> {
                boolean onChain = near.same().map(HeldRecord::onChain).orElse(false);
                long leaf = append(group, claim.record(), claim.canonical());
                write(
                        group,
                        new HeldRecord(
                                Optional.of(new LogPlace(log.epoch(), leaf)),
                                onChain,
                                limitReachedAt,
                                claim.digest(),
                                claim.signed()),
                        near.newest());
                yield new Outcome(decision, leaf);
            }
            case Decision.Duplicate(long leaf) -> new Outcome(decision, leaf);
            case Decision.Refuse _ -> new Outcome(decision, -1);
        };
    }

    /**
     * Takes in a record from final rows of any node's anchor; its signature has been checked. False when this node holds
     * another record at that number.
     */
    public boolean importFromChain(Group group, SignedRecord signed, Bytes32 digest) {
        Neighbours near =
                neighbours(group, signed.record().agreement(), signed.record().seq());
        if (near.same().isEmpty()) {
            write(group, new HeldRecord(Optional.empty(), true, 0, digest, signed), near.newest());
            return true;
        }
        HeldRecord held = near.same().get();
        if (!held.digest().equals(digest)) {
            return false;
        }
        if (!held.onChain()) {
            write(group, held.seenOnChain(), near.newest());
        }
        return true;
    }

    /** Appends a record of an earlier epoch's log, which that epoch did not anchor any more, to this epoch's. */
    public void carryOver(Group group, HeldRecord held) {
        long leaf = append(group, held.record(), CanonicalRecord.encode(held.record()));
        Neighbours near =
                neighbours(group, held.record().agreement(), held.record().seq());
        write(group, held.at(new LogPlace(log.epoch(), leaf)), near.newest());
    }

    private long append(Group group, UsageRecord record, byte[] canonical) {
        return log.append(group, new Leaf(CanonicalRecord.leafHash(canonical), record.agreement(), record.seq()));
    }

    private void write(Group group, HeldRecord held, Optional<HeldRecord> newestBefore) {
        UsageRecord record = held.record();
        group.put(Keys.record(record.agreement(), record.seq()), held.encode());
        group.put(
                Keys.digest(held.digest()),
                ByteBuffer.allocate(40)
                        .put(record.agreement().toByteArray())
                        .putLong(record.seq())
                        .array());
        if (newestBefore.map(HeldRecord::seq).orElse(0L) <= record.seq()) {
            newest.put(record.agreement(), held);
        }
    }

    private Neighbours neighbours(Group group, Bytes32 agreement, long seq) {
        Optional<HeldRecord> top = newest(group, agreement);
        if (top.isEmpty()) {
            return Neighbours.NONE;
        }
        if (top.get().seq() < seq) {
            return new Neighbours(top, Optional.empty(), Optional.empty(), top);
        }
        byte[] all = Keys.records(agreement);
        return new Neighbours(
                decode(group.floor(all, Keys.record(agreement, seq - 1))),
                Optional.ofNullable(group.get(Keys.record(agreement, seq))).map(HeldRecord::decode),
                seq == Long.MAX_VALUE ? Optional.empty() : decode(group.ceiling(all, Keys.record(agreement, seq + 1))),
                top);
    }

    private Optional<HeldRecord> newest(Group group, Bytes32 agreement) {
        HeldRecord kept = newest.get(agreement);
        if (kept != null) {
            return Optional.of(kept);
        }
        Optional<HeldRecord> read =
                decode(group.floor(Keys.records(agreement), Keys.record(agreement, Long.MAX_VALUE)));
        read.ifPresent(held -> newest.put(agreement, held));
        return read;
    }

    private static Optional<HeldRecord> decode(Store.@Nullable Entry entry) {
        return Optional.ofNullable(entry).map(found -> HeldRecord.decode(found.value()));
    }

    @Override
    public void committed() {
        log.committed();
    }

    @Override
    public void rolledBack() {
        newest.clear();
        log.reload();
    }
}
