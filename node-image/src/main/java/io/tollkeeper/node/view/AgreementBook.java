package io.tollkeeper.node.view;

import io.tollkeeper.chain.BlockRef;
import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.store.Group;
import io.tollkeeper.node.store.Keys;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the chain says of agreements: the fold of its events. Final events are in the store; those of blocks that may
 * still be replaced lie over them in memory, so that a customer is served with his first block and a reorg takes nothing
 * but that layer away.
 */
public final class AgreementBook {
    private static final int KEPT = 50_000;

    private final Store store;

    /** Final facts that were asked for lately. */
    private final Map<Bytes32, AgreementFacts> recent =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Bytes32, AgreementFacts> eldest) {
                    return size() > KEPT;
                }
            });

    private volatile Map<Bytes32, List<ChainEvent>> unsettled = Map.of();

    public AgreementBook(Store store) {
        this.store = store;
    }

    public Optional<AgreementFacts> facts(Bytes32 agreement) {
        @Nullable AgreementFacts facts = finalFacts(agreement);
        for (ChainEvent event : unsettled.getOrDefault(agreement, List.of())) {
            facts = after(facts, event);
        }
        return Optional.ofNullable(facts);
    }

    /** The facts that these final events change. */
    Map<Bytes32, AgreementFacts> changes(List<ChainEvent> events) {
        Map<Bytes32, AgreementFacts> changed = new HashMap<>();
        for (ChainEvent event : events) {
            agreementOf(event).ifPresent(agreement -> {
                AgreementFacts before = changed.containsKey(agreement) ? changed.get(agreement) : finalFacts(agreement);
                AgreementFacts after = after(before, event);
                if (after != null) {
                    changed.put(agreement, after);
                }
            });
        }
        return changed;
    }

    static void write(Group group, Map<Bytes32, AgreementFacts> changed) {
        changed.forEach((agreement, facts) -> group.put(Keys.facts(agreement), FactsCodec.encode(facts)));
    }

    /** The changes are on the disk, and events up to this block are final. */
    void settled(Map<Bytes32, AgreementFacts> changed, BlockRef upTo) {
        recent.putAll(changed);
        keepUnsettled(event -> event.location().blockNumber() > upTo.number());
    }

    void seen(List<ChainEvent> events) {
        Map<Bytes32, List<ChainEvent>> next = new HashMap<>(unsettled);
        for (ChainEvent event : events) {
            agreementOf(event).ifPresent(agreement -> {
                List<ChainEvent> longer = new ArrayList<>(next.getOrDefault(agreement, List.of()));
                longer.add(event);
                next.put(agreement, List.copyOf(longer));
            });
        }
        unsettled = Map.copyOf(next);
    }

    void rewound(BlockRef to) {
        keepUnsettled(event -> event.location().blockNumber() <= to.number());
    }

    private void keepUnsettled(java.util.function.Predicate<ChainEvent> keep) {
        Map<Bytes32, List<ChainEvent>> next = new HashMap<>();
        unsettled.forEach((agreement, events) -> {
            List<ChainEvent> kept = events.stream().filter(keep).toList();
            if (!kept.isEmpty()) {
                next.put(agreement, kept);
            }
        });
        unsettled = Map.copyOf(next);
    }

    private @Nullable AgreementFacts finalFacts(Bytes32 agreement) {
        AgreementFacts kept = recent.get(agreement);
        if (kept != null) {
            return kept;
        }
        byte[] value = store.get(Keys.facts(agreement));
        if (value == null) {
            return null;
        }
        AgreementFacts facts = FactsCodec.decode(agreement, value);
        recent.put(agreement, facts);
        return facts;
    }

    /** Deposits and charges only rise, so that an event told twice changes nothing. */
    private static @Nullable AgreementFacts after(@Nullable AgreementFacts before, ChainEvent event) {
        return switch (event) {
            case ChainEvent.Opened opened
            when before == null ->
                new AgreementFacts(
                        opened.agreement(),
                        opened.planId(),
                        opened.payer(),
                        opened.signer(),
                        opened.nonce(),
                        BigInteger.ZERO,
                        BigInteger.ZERO);
            case ChainEvent.Deposited deposited
            when before != null -> with(before, before.deposit().max(deposited.deposit()), before.charged());
            case ChainEvent.Charged charged
            when before != null ->
                with(before, before.deposit(), before.charged().max(charged.charged()));
            default -> before;
        };
    }

    private static AgreementFacts with(AgreementFacts facts, BigInteger deposit, BigInteger charged) {
        return new AgreementFacts(
                facts.agreement(), facts.planId(), facts.payer(), facts.signer(), facts.nonce(), deposit, charged);
    }

    private static Optional<Bytes32> agreementOf(ChainEvent event) {
        return switch (event) {
            case ChainEvent.Opened opened -> Optional.of(opened.agreement());
            case ChainEvent.Deposited deposited -> Optional.of(deposited.agreement());
            case ChainEvent.Charged charged -> Optional.of(charged.agreement());
            default -> Optional.empty();
        };
    }
}
