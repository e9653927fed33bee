package io.tollkeeper.node.view;

import io.tollkeeper.chain.BlockRef;
import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.chain.FollowerListener;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Takes in what the follower tells. A final run is put on the disk in one batch before anything in memory changes, so
 * that a run told again after a crash meets what it has already done.
 */
public final class ChainView implements FollowerListener {
    private static final Logger LOG = Logger.getLogger(ChainView.class);

    private final NodeSettings settings;
    private final Store store;
    private final Committer committer;
    private final Ledger ledger;
    private final Records records;
    private final AgreementBook book;
    private final AnchoredLog anchored;
    private final NodeMetrics metrics;
    private final RowImport rowImport;
    private final List<Consumer<HeldRecord>> anchoredListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> registrationListeners = new CopyOnWriteArrayList<>();

    /** Written by the follower's thread alone. */
    private volatile Instant chainTime = Instant.EPOCH;

    public ChainView(
            NodeSettings settings,
            Store store,
            Committer committer,
            Ledger ledger,
            Records records,
            AgreementBook book,
            AnchoredLog anchored,
            NodeMetrics metrics) {
        this.settings = settings;
        this.store = store;
        this.committer = committer;
        this.ledger = ledger;
        this.records = records;
        this.book = book;
        this.anchored = anchored;
        this.metrics = metrics;
        this.rowImport = new RowImport(settings.domain(), settings.plans()::containsKey);
    }

    /** Tells {@code listener} each record that becomes anchored, here or by another node's rows. */
    public void onAnchored(Consumer<HeldRecord> listener) {
        anchoredListeners.add(listener);
    }

    /** Tells {@code listener} that the chain said something of this node's registration. */
    public void onRegistrationChange(Runnable listener) {
        registrationListeners.add(listener);
    }

    /** The chain's own time, of the newest block seen. */
    public Instant chainTime() {
        return chainTime;
    }

    @Override
    public void seen(List<ChainEvent> events, BlockRef head) {
        book.seen(events);
        tellRegistration(events);
        advanceTime(head);
    }

    @Override
    public void rewound(BlockRef to) {
        LOG.warnf("the chain replaced blocks above %s", to);
        book.rewound(to);
    }

    @Override
    public void finalized(List<ChainEvent> events, BlockRef upTo) {
        tellRegistration(events);
        Map<Bytes32, AgreementFacts> changed = book.changes(events);
        if (!events.isEmpty()) {
            takeIn(events, changed);
        }
        book.settled(changed, upTo);
        advanceTime(upTo);
    }

    private void takeIn(List<ChainEvent> events, Map<Bytes32, AgreementFacts> changed) {
        List<RowImport.Row> rows = rowImport.read(
                events, agreement -> Optional.ofNullable(changed.get(agreement)).or(() -> book.facts(agreement)));
        List<FinalAnchor> anchors = ownAnchors(events);
        List<RowImport.Row> held = new ArrayList<>();
        committer
                .commit(group -> {
                    AgreementBook.write(group, changed);
                    for (RowImport.Row row : rows) {
                        if (ledger.importFromChain(group, row.signed(), row.digest())) {
                            held.add(row);
                        }
                    }
                    for (FinalAnchor anchor : anchors) {
                        group.put(Keys.anchor(settings.epoch(), anchor.size()), anchor.encode());
                    }
                })
                .join();
        if (held.size() < rows.size()) {
            LOG.warnf("%d rows on the chain contradict records that this node holds", rows.size() - held.size());
        }
        for (FinalAnchor anchor : anchors) {
            metrics.anchorFinal();
            anchored.advance(anchor, this::tellAnchored);
        }
        for (RowImport.Row row : held) {
            var record = row.signed().record();
            records.at(record.agreement(), record.seq()).ifPresent(this::tellAnchored);
        }
        countCharges(events, changed);
    }

    private List<FinalAnchor> ownAnchors(List<ChainEvent> events) {
        List<FinalAnchor> anchors = new ArrayList<>();
        for (ChainEvent event : events) {
            if (event instanceof ChainEvent.Anchored at
                    && at.nodeId().equals(settings.nodeId())
                    && at.epoch() == settings.epoch()) {
                anchors.add(FinalAnchor.of(at));
            }
        }
        return anchors;
    }

    private void countCharges(List<ChainEvent> events, Map<Bytes32, AgreementFacts> changed) {
        for (ChainEvent event : events) {
            if (event instanceof ChainEvent.Charged charge) {
                AgreementFacts facts = changed.get(charge.agreement());
                if (facts != null && settings.plans().containsKey(facts.planId())) {
                    metrics.charged(charge.condition().name());
                }
            }
        }
    }

    private void tellRegistration(List<ChainEvent> events) {
        boolean ours = events.stream().anyMatch(event -> switch (event) {
            case ChainEvent.Registered at -> at.nodeId().equals(settings.nodeId());
            case ChainEvent.Fenced at -> at.nodeId().equals(settings.nodeId());
            default -> false;
        });
        if (ours) {
            registrationListeners.forEach(Runnable::run);
        }
    }

    private void tellAnchored(HeldRecord record) {
        anchoredListeners.forEach(listener -> listener.accept(record));
    }

    @Override
    public void finalityBroken(BlockRef to) {
        LOG.errorf("the chain replaced final blocks, above %s: its finalityDepth is too low", to);
        List<FinalAnchor> gone = new ArrayList<>();
        List<FinalAnchor> left = new ArrayList<>();
        forEachAnchor(anchor -> (anchor.blockNumber() > to.number() ? gone : left).add(anchor));
        committer
                .commit(group -> gone.forEach(anchor -> group.delete(Keys.anchor(settings.epoch(), anchor.size()))))
                .join();
        anchored.forget(left.isEmpty() ? Optional.empty() : Optional.of(left.getLast()));
    }

    private void forEachAnchor(Consumer<FinalAnchor> each) {
        byte[] family = ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) 'a')
                .putLong(settings.epoch())
                .array();
        store.scan(family, family, (key, value) -> {
            each.accept(FinalAnchor.decode(ByteBuffer.wrap(key).getLong(family.length), value));
            return true;
        });
    }

    private void advanceTime(BlockRef block) {
        if (block.time().isAfter(chainTime)) {
            chainTime = block.time();
        }
    }
}
