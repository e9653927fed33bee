package io.tollkeeper.chain;

import io.tollkeeper.contracts.FeeVault;
import io.tollkeeper.contracts.UsageAnchor;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.datatypes.Event;
import org.web3j.protocol.core.methods.response.Log;

/** Turns logs of our contracts into events. */
final class ChainEventDecoder {
    private static final Map<Bytes32, BiFunction<ChainEvent.Location, Log, ChainEvent>> DECODERS = Map.ofEntries(
            Map.entry(topic(UsageAnchor.REGISTERED_EVENT), ChainEventDecoder::registered),
            Map.entry(topic(UsageAnchor.FENCED_EVENT), ChainEventDecoder::fenced),
            Map.entry(topic(UsageAnchor.ANCHORED_EVENT), ChainEventDecoder::anchored),
            Map.entry(topic(UsageAnchor.ROWS_EVENT), ChainEventDecoder::rows),
            Map.entry(topic(FeeVault.PLANREGISTERED_EVENT), ChainEventDecoder::planRegistered),
            Map.entry(topic(FeeVault.OPENED_EVENT), ChainEventDecoder::opened),
            Map.entry(topic(FeeVault.DEPOSITED_EVENT), ChainEventDecoder::deposited),
            Map.entry(topic(FeeVault.CHARGED_EVENT), ChainEventDecoder::charged),
            Map.entry(topic(FeeVault.SKIPPED_EVENT), ChainEventDecoder::skipped),
            Map.entry(topic(FeeVault.CREDITSWITHDRAWN_EVENT), ChainEventDecoder::creditsWithdrawn));

    /** First topics of the events that {@link #decode} knows. */
    static List<Bytes32> topics() {
        return DECODERS.keySet().stream().sorted().toList();
    }

    /** Empty for an event that is none of ours to know. */
    static Optional<ChainEvent> decode(ChainLog log) {
        return log.topics().stream()
                .findFirst()
                .flatMap(topic -> Optional.ofNullable(DECODERS.get(topic)))
                .map(decoder -> decoder.apply(location(log), web3jLog(log)));
    }

    private static Bytes32 topic(Event event) {
        return Bytes32.fromHex(EventEncoder.encode(event));
    }

    private static ChainEvent.Location location(ChainLog log) {
        return new ChainEvent.Location(
                log.contract(), log.blockNumber(), log.blockHash(), log.transactionHash(), log.logIndex());
    }

    private static Log web3jLog(ChainLog log) {
        return new Log(
                false,
                Hex.quantity(log.logIndex()),
                "0x0",
                log.transactionHash().hex(),
                log.blockHash().hex(),
                Hex.quantity(log.blockNumber()),
                log.contract().hex(),
                Hex.data(log.data()),
                "mined",
                log.topics().stream().map(Bytes32::hex).toList());
    }

    private static ChainEvent registered(ChainEvent.Location at, Log log) {
        var event = UsageAnchor.getRegisteredEventFromLog(log);
        return new ChainEvent.Registered(
                at,
                Bytes32.of(event.nodeId),
                event.epoch.longValueExact(),
                Address.fromHex(event.signer),
                Bytes32.of(event.fleet),
                event.namespace,
                event.billingNode,
                event.index.longValueExact(),
                event.zone,
                event.previousEpoch.longValueExact(),
                event.previousSize.longValueExact());
    }

    private static ChainEvent fenced(ChainEvent.Location at, Log log) {
        var event = UsageAnchor.getFencedEventFromLog(log);
        return new ChainEvent.Fenced(
                at, Bytes32.of(event.nodeId), event.epoch.longValueExact(), event.size.longValueExact());
    }

    private static ChainEvent anchored(ChainEvent.Location at, Log log) {
        var event = UsageAnchor.getAnchoredEventFromLog(log);
        return new ChainEvent.Anchored(
                at,
                Bytes32.of(event.nodeId),
                event.epoch.longValueExact(),
                event.size.longValueExact(),
                Bytes32.of(event.root),
                Bytes32.of(event.dataHash));
    }

    private static ChainEvent rows(ChainEvent.Location at, Log log) {
        var event = UsageAnchor.getRowsEventFromLog(log);
        return new ChainEvent.Rows(
                at, Bytes32.of(event.nodeId), event.epoch.longValueExact(), event.size.longValueExact(), event.rows);
    }

    private static ChainEvent planRegistered(ChainEvent.Location at, Log log) {
        var event = FeeVault.getPlanRegisteredEventFromLog(log);
        return new ChainEvent.PlanRegistered(at, Bytes32.of(event.planId), Address.fromHex(event.payee));
    }

    private static ChainEvent opened(ChainEvent.Location at, Log log) {
        var event = FeeVault.getOpenedEventFromLog(log);
        return new ChainEvent.Opened(
                at,
                Bytes32.of(event.agreement),
                Bytes32.of(event.planId),
                Address.fromHex(event.payer),
                Address.fromHex(event.signer),
                event.nonce.longValueExact());
    }

    private static ChainEvent deposited(ChainEvent.Location at, Log log) {
        var event = FeeVault.getDepositedEventFromLog(log);
        return new ChainEvent.Deposited(
                at, Bytes32.of(event.agreement), Address.fromHex(event.from), event.amount, event.deposit);
    }

    private static ChainEvent charged(ChainEvent.Location at, Log log) {
        var event = FeeVault.getChargedEventFromLog(log);
        return new ChainEvent.Charged(
                at,
                Bytes32.of(event.agreement),
                event.delta,
                event.charged,
                Bytes32.of(event.digest),
                condition(event.condition.intValueExact()));
    }

    private static PaymentCondition condition(int bit) {
        for (var condition : PaymentCondition.values()) {
            if (condition.bit() == bit) {
                return condition;
            }
        }
        throw new IllegalArgumentException("payment condition: expected a single known bit, got " + bit);
    }

    private static ChainEvent skipped(ChainEvent.Location at, Log log) {
        var event = FeeVault.getSkippedEventFromLog(log);
        return new ChainEvent.Skipped(at, Bytes32.of(event.planId), event.bitmap);
    }

    private static ChainEvent creditsWithdrawn(ChainEvent.Location at, Log log) {
        var event = FeeVault.getCreditsWithdrawnEventFromLog(log);
        return new ChainEvent.CreditsWithdrawn(
                at,
                Address.fromHex(event.payee),
                Address.fromHex(event.token),
                Address.fromHex(event.to),
                event.amount);
    }

    private ChainEventDecoder() {}
}
