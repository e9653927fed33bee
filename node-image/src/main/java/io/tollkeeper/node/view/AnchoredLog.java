package io.tollkeeper.node.view;

import com.google.protobuf.ByteString;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.Leaf;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.receiver.AnchorProofs;
import io.tollkeeper.node.receiver.Messages;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.v1.AnchorProof;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** How much of this epoch's log is anchored, finally, and the proofs of it. */
public final class AnchoredLog implements AnchorProofs {
    private static final Logger LOG = Logger.getLogger(AnchoredLog.class);

    private static final int PROOFS_KEPT = 10_000;

    private final NodeSettings settings;
    private final UsageLog log;
    private final Records records;
    private final Gate gate;
    private volatile Optional<FinalAnchor> newest;
    private final Clock clock;
    private volatile Instant advancedAt;

    /** An agreement's newest anchored record and its proof; made when somebody asks, void with the next anchor of it. */
    private final Map<Bytes32, AnchorProof> proofs = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, AnchorProof> eldest) {
            return size() > PROOFS_KEPT;
        }
    });

    public AnchoredLog(NodeSettings settings, Store store, UsageLog log, Records records, Gate gate, Clock clock) {
        this.settings = settings;
        this.log = log;
        this.records = records;
        this.gate = gate;
        this.clock = clock;
        this.advancedAt = clock.instant();
        this.newest = newestOf(store, settings.epoch());
    }

    /** The newest final anchor of an epoch's log that the store knows. */
    public static Optional<FinalAnchor> newestOf(Store store, long epoch) {
        byte[] family = ByteBuffer.allocate(9).put((byte) 'a').putLong(epoch).array();
        Store.Entry entry = store.floor(family, Keys.anchor(epoch, Long.MAX_VALUE));
        return entry == null
                ? Optional.empty()
                : Optional.of(FinalAnchor.decode(ByteBuffer.wrap(entry.key()).getLong(9), entry.value()));
    }

    /** Leaves that are anchored. */
    public long size() {
        return newest.map(FinalAnchor::size).orElse(0L);
    }

    public Optional<FinalAnchor> newest() {
        return newest;
    }

    /** How long records have waited for an anchor: since the newest one, or since this process began; zero if none waits. */
    public Duration waiting() {
        return log.size() > size() ? Duration.between(advancedAt, clock.instant()) : Duration.ZERO;
    }

    public boolean isAnchored(HeldRecord held) {
        return held.onChain()
                || held.leafIn(settings.epoch()).filter(leaf -> leaf < size()).isPresent();
    }

    /**
     * A larger checkpoint of this log has become final and is on the disk.
     *
     * @param touched told each record that it anchored
     */
    void advance(FinalAnchor anchor, Consumer<HeldRecord> touched) {
        long from = size();
        if (anchor.size() <= from) {
            return;
        }
        if (anchor.size() > log.size() || !log.root(anchor.size()).equals(anchor.root())) {
            String words = "the chain has a checkpoint of " + anchor.size()
                    + " records of this epoch that this disk, with " + log.size() + ", does not have";
            if (gate.close(Closed.LOG_BEHIND_CHAIN, words)) {
                LOG.error(words);
            }
            return;
        }
        synchronized (proofs) {
            newest = Optional.of(anchor);
            advancedAt = clock.instant();
        }
        for (long index = from; index < anchor.size(); index++) {
            Leaf leaf = log.leaf(index).orElseThrow();
            proofs.remove(leaf.agreement());
            records.at(leaf.agreement(), leaf.seq()).ifPresent(touched);
        }
    }

    /** The chain broke its own finality: what was anchored above this block may not be any more. */
    void forget(Optional<FinalAnchor> before) {
        synchronized (proofs) {
            newest = before;
            proofs.clear();
        }
    }

    @Override
    public Optional<AnchorProof> newest(Bytes32 agreement) {
        AnchorProof kept = proofs.get(agreement);
        if (kept != null) {
            return Optional.of(kept);
        }
        Optional<FinalAnchor> anchor = newest;
        if (anchor.isEmpty()) {
            return Optional.empty();
        }
        HeldRecord[] found = new HeldRecord[1];
        records.newestFirst(agreement, held -> {
            boolean anchored = inLog(held, anchor.get());
            if (anchored) {
                found[0] = held;
            }
            return !anchored;
        });
        Optional<AnchorProof> proof = Optional.ofNullable(found[0]).map(held -> proof(held, anchor.get()));
        // An anchor that came in between has voided what was kept; what was just made may be older than that.
        synchronized (proofs) {
            if (proof.isPresent() && anchor.equals(newest)) {
                proofs.put(agreement, proof.get());
            }
        }
        return proof;
    }

    @Override
    public Optional<AnchorProof> of(Bytes32 digest) {
        Optional<FinalAnchor> anchor = newest;
        return anchor.flatMap(
                at -> records.byDigest(digest).filter(held -> inLog(held, at)).map(held -> proof(held, at)));
    }

    private boolean inLog(HeldRecord held, FinalAnchor anchor) {
        return held.leafIn(settings.epoch())
                .filter(leaf -> leaf < anchor.size())
                .isPresent();
    }

    private AnchorProof proof(HeldRecord held, FinalAnchor anchor) {
        long leaf = held.leafIn(settings.epoch()).orElseThrow();
        InclusionProof inclusion = log.inclusion(leaf, anchor.size());
        AnchorProof.Builder proof = AnchorProof.newBuilder()
                .setRecord(Messages.signed(held.signed()))
                .setPosition(leaf)
                .setTreeSize(anchor.size())
                .setRoot(bytes(anchor.root()))
                .setNodeId(bytes(settings.nodeId()))
                .setEpoch(settings.epoch())
                .setBlockNumber(anchor.blockNumber())
                .setBlockHash(bytes(anchor.blockHash()))
                .setTransactionHash(bytes(anchor.transactionHash()))
                .setLogIndex((int) anchor.logIndex());
        inclusion.path().forEach(hash -> proof.addPath(bytes(hash)));
        return proof.build();
    }

    private static ByteString bytes(Bytes32 value) {
        return ByteString.copyFrom(value.toByteArray());
    }
}
