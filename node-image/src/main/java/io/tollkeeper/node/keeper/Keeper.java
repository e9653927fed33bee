package io.tollkeeper.node.keeper;

import io.tollkeeper.chain.ChainException;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.chain.FeeVaultGateway.RowVerdict;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.SettlementRow;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.keeper.KeeperRules.Due;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.metrics.NodeMetrics;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.node.view.AgreementBook;
import io.tollkeeper.node.view.AnchoredLog;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Keccak;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Collects. It never charges twice, whatever it forgets: the contract charges the difference to what is charged, and what
 * a keeper hands in late or again is a row that the contract skips.
 *
 * <p>Agreements whose anchored amounts are all charged are not watched. {@link #step} is called by one thread, {@link
 * #anchored} by the follower's.
 */
public final class Keeper {
    private static final Logger LOG = Logger.getLogger(Keeper.class);

    private static final int ROWS_MAX = 100;

    /** Seconds of chain time in which a row that was handed in should be charged. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int LOOK_BACK_MAX = 5_000;

    private final NodeSettings settings;
    private final Records records;
    private final AgreementBook book;
    private final FeeVaultGateway vault;
    private final Outbox outbox;
    private final NodeMetrics metrics;
    private final LongSupplier chainSeconds;
    private final Map<Bytes32, Watch> watched = new ConcurrentHashMap<>();

    public Keeper(
            NodeSettings settings,
            Records records,
            AgreementBook book,
            FeeVaultGateway vault,
            Outbox outbox,
            NodeMetrics metrics,
            LongSupplier chainSeconds) {
        this.settings = settings;
        this.records = records;
        this.book = book;
        this.vault = vault;
        this.outbox = outbox;
        this.metrics = metrics;
        this.chainSeconds = chainSeconds;
    }

    /** Finds again what is anchored and not charged; at start. */
    public void recall(AnchoredLog anchored) {
        records.eachAgreement(agreement -> book.facts(agreement).ifPresent(facts -> {
            int[] seen = {0};
            records.newestFirst(agreement, held -> {
                boolean open = held.record().amount().compareTo(facts.charged()) > 0;
                if (open && anchored.isAnchored(held)) {
                    anchored(held);
                }
                return open && ++seen[0] < LOOK_BACK_MAX;
            });
        }));
    }

    /** A record has become anchored, finally. */
    public void anchored(HeldRecord held) {
        Bytes32 agreement = held.record().agreement();
        plan(agreement)
                .ifPresent(plan -> watched.compute(agreement, (_, watch) -> {
                    Watch kept = watch == null ? new Watch(plan.terms().period()) : watch;
                    kept.add(Mark.of(held), chainSeconds.getAsLong());
                    return kept;
                }));
    }

    private Optional<ServedPlan> plan(Bytes32 agreement) {
        return book.facts(agreement).map(AgreementFacts::planId).map(settings.plans()::get);
    }

    /** Hands in what is due and whose turn it is. */
    public void step() {
        Map<ServedPlan, List<Row>> rows = new HashMap<>();
        long now = chainSeconds.getAsLong();
        watched.forEach((agreement, watch) -> book.facts(agreement).ifPresent(facts -> {
            ServedPlan plan = settings.plans().get(facts.planId());
            if (plan != null) {
                due(watch, facts, plan, now).ifPresent(row -> rows.computeIfAbsent(plan, _ -> new ArrayList<>())
                        .add(row));
            }
        }));
        rows.forEach((plan, due) -> {
            for (int from = 0; from < due.size(); from += ROWS_MAX) {
                handIn(plan, due.subList(from, Math.min(due.size(), from + ROWS_MAX)), now);
            }
        });
    }

    private record Row(Watch watch, Due due, SettlementRow settlement) {}

    private Optional<Row> due(Watch watch, AgreementFacts facts, ServedPlan plan, long now) {
        Bytes32 agreement = facts.agreement();
        if (isPaid(watch, facts)) {
            // Under the map's lock: a record that becomes anchored meanwhile is not forgotten.
            watched.computeIfPresent(agreement, (_, kept) -> isPaid(kept, facts) ? null : kept);
            return Optional.empty();
        }
        long lastHeard =
                records.newest(agreement).map(held -> held.record().asOf()).orElse(0L);
        return KeeperRules.due(watch, plan.terms(), lastHeard, facts.charged(), facts.deposit(), now)
                .filter(due -> !watch.isHandedIn(due.mark().amount(), now, PATIENCE_SECONDS))
                .filter(due -> KeeperRules.turn(agreement, due, settings.index()) <= now)
                .flatMap(due -> records.at(agreement, due.mark().seq())
                        .map(held ->
                                new Row(watch, due, new SettlementRow(facts.signer(), facts.nonce(), held.signed()))));
    }

    private static boolean isPaid(Watch watch, AgreementFacts facts) {
        return watch.newest()
                .map(mark -> mark.amount().compareTo(facts.charged()) <= 0)
                .orElse(true);
    }

    /** Asks the contract first: a row that it would skip is not worth its gas. */
    private void handIn(ServedPlan plan, List<Row> due, long now) {
        List<RowVerdict> verdicts;
        try {
            verdicts = vault.preview(
                    plan.terms(), due.stream().map(Row::settlement).toList());
        } catch (ChainException away) {
            LOG.debugf("settlement waits: %s", away.getMessage());
            return;
        }
        List<SettlementRow> collectable = new ArrayList<>();
        for (int i = 0; i < due.size(); i++) {
            Row row = due.get(i);
            if (verdicts.get(i) == RowVerdict.COLLECTABLE) {
                collectable.add(row.settlement());
                row.watch().handIn(row.due().mark().amount(), now);
                metrics.settled(row.due().condition().name());
            } else if (verdicts.get(i) != RowVerdict.EARLY) {
                // Charged by another keeper, or nothing to be had: the events will say so; look again later.
                row.watch().handIn(row.due().mark().amount(), now);
            }
        }
        if (!collectable.isEmpty()) {
            String rows = Keccak.hash(SettlementRow.encode(collectable)).hex();
            // Not estimated: an estimate made while rows would be skipped runs out of gas once they are charged.
            outbox.submit(
                    "settle:" + now + ":" + rows,
                    vault.settle(plan.terms(), collectable),
                    FeeVaultGateway.settleGasLimit(collectable.size()));
            LOG.infof(
                    "settling %d agreements of plan %s",
                    collectable.size(), plan.planId().hex());
        }
    }
}
