package io.tollkeeper.chain;

import io.tollkeeper.chain.OutboxDecider.Action;
import io.tollkeeper.chain.OutboxDecider.NonceUser;
import io.tollkeeper.chain.OutboxDecider.Track;
import io.tollkeeper.chain.OutboxDecider.Tracked;
import io.tollkeeper.chain.OutboxDecider.View;
import io.tollkeeper.chain.OutboxRow.Outcome;
import io.tollkeeper.chain.OutboxRow.Stage;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Brings calls of one key to the chain, each once, through crashes, refusals, lost endpoints and reorgs. One key has one
 * outbox.
 *
 * <p>Nothing is sent that is not persisted: a nonce is given, the transaction signed, both written to the {@link
 * OutboxStore}, and only then sent. Whatever a crash interrupts, the same bytes go out again, and the chain takes them
 * once. Somebody calls {@link #tick} every second or so; everything happens there. {@link #submit} and {@link #state} are
 * quick and may be called from any thread.
 */
public final class Outbox {
    private static final Duration AWAIT_POLL = Duration.ofMillis(200);

    private final OutboxStore store;
    private final TransactionSigner signer;
    private final ChainAccess chain;
    private final OutboxPolicy policy;
    private final OutboxDecider decider;
    private final Clock clock;

    private final Object tickLock = new Object();
    private final Object rowsLock = new Object();
    private final ConcurrentSkipListMap<Long, Tracked> rows = new ConcurrentSkipListMap<>();
    private final Map<String, Long> idsByKey = new HashMap<>();
    private long nextId;
    private Optional<Instant> gapSince = Optional.empty();

    public Outbox(OutboxStore store, SignerKey key, ChainAccess chain, OutboxPolicy policy, Clock clock) {
        this.store = store;
        this.signer = new TransactionSigner(key, chain.chainId());
        this.chain = chain;
        this.policy = policy;
        this.decider = new OutboxDecider(policy);
        this.clock = clock;
        store.load().forEach((id, bytes) -> {
            var row = OutboxRowCodec.decode(bytes);
            rows.put(id, new Tracked(row, Track.NEW));
            idsByKey.put(row.key(), id);
            nextId = Math.max(nextId, id + 1);
        });
    }

    /** The account that sends. */
    public Address address() {
        return signer.address();
    }

    /**
     * Takes a call; its gas limit is estimated. Durable when it returns.
     *
     * @param key the caller's name for it: a second submit with the same key is the same call
     * @return its id
     * @throws IllegalArgumentException when the key belongs to another call
     */
    public long submit(String key, ChainCall call) {
        return submit(key, call, OptionalLong.empty());
    }

    /** The same with a gas limit. */
    public long submit(String key, ChainCall call, long gasLimit) {
        return submit(key, call, OptionalLong.of(gasLimit));
    }

    private long submit(String key, ChainCall call, OptionalLong gasLimit) {
        synchronized (rowsLock) {
            var known = idsByKey.get(key);
            if (known != null) {
                var row = rows.get(known);
                if (row != null && !row.row().call().equals(call)) {
                    throw new IllegalArgumentException("key \"" + key + "\": expected the call it belongs to, "
                            + row.row().call() + ", got " + call);
                }
                return known;
            }
            var row = new OutboxRow(nextId, key, call, gasLimit, new Stage.Waiting());
            store.put(row.id(), OutboxRowCodec.encode(row));
            nextId++;
            rows.put(row.id(), new Tracked(row, Track.NEW));
            idsByKey.put(key, row.id());
            return row.id();
        }
    }

    /** The id under which a key was submitted; settled calls are forgotten after the policy's retention. */
    public OptionalLong find(String key) {
        synchronized (rowsLock) {
            var id = idsByKey.get(key);
            return id == null ? OptionalLong.empty() : OptionalLong.of(id);
        }
    }

    /**
     * What became of a call.
     *
     * @throws IllegalArgumentException when there is no such call (any more)
     */
    public OutboxState state(long id) {
        return stateOf(known(id));
    }

    private Tracked known(long id) {
        var tracked = rows.get(id);
        if (tracked == null) {
            throw new IllegalArgumentException("outbox: there is no call " + id);
        }
        return tracked;
    }

    private static OutboxState stateOf(Tracked tracked) {
        return switch (tracked.row().stage()) {
            case Stage.Waiting _ -> new OutboxState.Queued(tracked.track().trouble());
            case Stage.Signed signed -> sent(signed, tracked.track().trouble());
            case Stage.InBlock(var signed, var winner, var receipt, var reason) -> {
                if (winner.noop()) {
                    yield sent(signed, tracked.track().trouble());
                }
                yield receipt.succeeded()
                        ? new OutboxState.Mined(receipt)
                        : new OutboxState.Reverted(reason.orElse(RevertReason.none()), Optional.of(receipt), false);
            }
            case Stage.Settled(var _, var outcome, var _) ->
                switch (outcome) {
                    case Outcome.Succeeded(var receipt) -> new OutboxState.Final(receipt);
                    case Outcome.Reverted(var reason, var receipt) -> new OutboxState.Reverted(reason, receipt, true);
                    case Outcome.Refused(var why) -> new OutboxState.Refused(why);
                };
        };
    }

    private static OutboxState.Sent sent(Stage.Signed signed, Optional<String> trouble) {
        return new OutboxState.Sent(
                signed.nonce(), signed.attempts().stream().map(Attempt::hash).toList(), trouble);
    }

    /**
     * Sends a call again, with a new nonce, that was reverted for good or refused.
     *
     * @throws IllegalStateException when it is anything else: it could come to the chain twice
     */
    public void retry(long id) {
        synchronized (rowsLock) {
            var row = known(id).row();
            if (!(row.stage() instanceof Stage.Settled(var _, var outcome, var _))
                    || outcome instanceof Outcome.Succeeded) {
                throw new IllegalStateException(
                        "call " + id + ": expected Reverted for good or Refused, got " + stateOf(known(id)));
            }
            put(new Tracked(row.at(new Stage.Waiting()), Track.NEW));
        }
    }

    /** Ticks until a call is settled or the time is up; for tools that have nothing else to do. */
    public OutboxState await(long id, Duration timeout) throws InterruptedException {
        var deadline = clock.instant().plus(timeout);
        while (true) {
            var report = tick();
            var state = state(id);
            if (state.isSettled() || !clock.instant().isBefore(deadline)) {
                return report.trouble().isPresent() && state instanceof OutboxState.Queued
                        ? new OutboxState.Queued(report.trouble())
                        : state;
            }
            Thread.sleep(AWAIT_POLL);
        }
    }

    /** Looks at the chain, draws the conclusions, does what is to be done. Never throws because the chain is away. */
    public OutboxReport tick() {
        synchronized (tickLock) {
            prune();
            var trouble = Optional.<String>empty();
            if (open().findAny().isPresent()) {
                try {
                    var view = chain.read(this::observe);
                    conclude(view);
                    act(view);
                } catch (ChainException away) {
                    trouble = Optional.of(String.valueOf(away.getMessage()));
                }
            }
            return report(trouble);
        }
    }

    private java.util.stream.Stream<Tracked> open() {
        return rows.values().stream().filter(tracked -> !(tracked.row().stage() instanceof Stage.Settled));
    }

    private OutboxReport report(Optional<String> trouble) {
        var waiting = open().filter(tracked -> tracked.row().stage() instanceof Stage.Waiting)
                .count();
        return new OutboxReport((int) waiting, (int) (open().count() - waiting), trouble);
    }

    // ---- observe

    private View observe(Rpc rpc) {
        var head = ChainReads.head(rpc);
        var finalBlock = Math.max(0, head.number() - policy.finalityDepth());
        var minedNonce = ChainReads.nonce(rpc, address(), head.number());
        var finalNonce = finalBlock == head.number() ? minedNonce : ChainReads.nonce(rpc, address(), finalBlock);
        var receipts = new HashMap<Bytes32, TxReceipt>();
        var users = new HashMap<Long, NonceUser>();
        for (var tracked : open().toList()) {
            switch (tracked.row().stage()) {
                case Stage.Waiting _, Stage.Settled _ -> {}
                case Stage.InBlock inBlock -> findReceipt(rpc, head, inBlock.signed(), receipts);
                case Stage.Signed signed -> {
                    var found = signed.nonce() < minedNonce && findReceipt(rpc, head, signed, receipts);
                    if (!found && signed.nonce() < finalNonce) {
                        users.put(signed.nonce(), whoUsed(rpc, signed, finalBlock));
                    }
                }
            }
        }
        return new View(head, minedNonce, finalNonce, receipts, users);
    }

    private static boolean findReceipt(Rpc rpc, BlockRef head, Stage.Signed signed, Map<Bytes32, TxReceipt> receipts) {
        for (var attempt : signed.attempts()) {
            var receipt = ChainReads.receipt(rpc, attempt.hash())
                    .filter(found -> found.blockNumber() <= head.number())
                    .filter(found -> ChainReads.block(rpc, found.blockNumber())
                            .map(block -> block.hash().equals(found.blockHash()))
                            .orElse(false));
            if (receipt.isPresent()) {
                receipts.put(attempt.hash(), receipt.get());
                return true;
            }
        }
        return false;
    }

    /** Finds the block in which a nonce was used up, by bisection over the account's nonce, and looks into it. */
    private NonceUser whoUsed(Rpc rpc, Stage.Signed signed, long finalBlock) {
        try {
            var below = signed.attempts().getFirst().head();
            var at = finalBlock;
            if (below >= at || ChainReads.nonce(rpc, address(), below) > signed.nonce()) {
                return NonceUser.UNKNOWN;
            }
            while (at - below > 1) {
                var middle = below + (at - below) / 2;
                if (ChainReads.nonce(rpc, address(), middle) > signed.nonce()) {
                    at = middle;
                } else {
                    below = middle;
                }
            }
            var transactions = ChainReads.transactionsOf(rpc, at);
            if (transactions.isEmpty()) {
                return NonceUser.UNKNOWN;
            }
            return signed.attempts().stream().map(Attempt::hash).anyMatch(transactions::contains)
                    ? NonceUser.US
                    : NonceUser.ANOTHER;
        } catch (RpcErrorException error) {
            if (error.isEndpointsOwnTrouble()) {
                throw error;
            }
            // This chain no longer knows the account's nonce at an old block.
            return NonceUser.UNKNOWN;
        }
    }

    // ---- conclude

    private void conclude(View view) {
        var now = clock.instant();
        for (var before : open().toList()) {
            var after = explained(decider.absorb(before, view, now), view, now);
            if (!after.equals(before)) {
                putIfChanged(before, after);
            }
        }
        gapSince =
                OutboxDecider.gaps(snapshot(), view).isEmpty() ? Optional.empty() : Optional.of(gapSince.orElse(now));
    }

    /** Adds the contract's reason to a row that was reverted in a block. */
    private Tracked explained(Tracked tracked, View view, Instant now) {
        if (!(tracked.row().stage() instanceof Stage.InBlock(var signed, var winner, var receipt, var reason))
                || receipt.succeeded()
                || reason.isPresent()) {
            return tracked;
        }
        var why = chain.read(rpc -> whyReverted(rpc, tracked.row().call(), receipt.blockNumber()));
        var row = tracked.row().at(new Stage.InBlock(signed, winner, receipt, Optional.of(why)));
        return decider.settleIfFinal(new Tracked(row, tracked.track()), view, now);
    }

    private RevertReason whyReverted(Rpc rpc, ChainCall call, long block) {
        for (var at : new long[] {block, Math.max(0, block - 1)}) {
            try {
                ChainReads.call(rpc, address(), call, at);
            } catch (CallRevertedException reverted) {
                return reverted.reason();
            } catch (RpcErrorException error) {
                if (error.isEndpointsOwnTrouble()) {
                    throw error;
                }
            }
        }
        return RevertReason.none();
    }

    // ---- act

    private void act(View view) {
        var quote = new LazyQuote();
        for (var action : decider.actions(snapshot(), view, gapSince, clock.instant())) {
            switch (action) {
                case Action.Send(var tracked) -> send(tracked, view);
                case Action.Bump(var tracked) -> bump(tracked, quote.get(), view);
                case Action.Cancel(var tracked) -> cancel(tracked, quote.get(), view);
                case Action.Fill(var nonce) -> fill(nonce, quote.get(), view);
                case Action.Prepare(var tracked) -> {
                    if (!prepare(tracked, quote, view)) {
                        // Those behind it wait: calls of one key keep their order.
                        return;
                    }
                }
            }
        }
    }

    private final class LazyQuote {
        private Optional<FeeQuote> quote = Optional.empty();

        FeeQuote get() {
            if (quote.isEmpty()) {
                quote = Optional.of(chain.read(FeeQuote::of));
            }
            return quote.get();
        }
    }

    /** Sends the newest bytes; older ones too while all endpoints refuse: one that lost its pool takes any. */
    private void send(Tracked tracked, View view) {
        if (!(tracked.row().stage() instanceof Stage.Signed signed)) {
            return;
        }
        var refusals = new ArrayList<String>();
        for (var attempt : signed.attempts().reversed()) {
            var answers = chain.send(attempt.signed());
            if (answers.stream().anyMatch(SendAnswer.Accepted.class::isInstance)) {
                remember(tracked, tracked.track().sentAt(clock.instant()));
                return;
            }
            var refused = answers.stream()
                    .filter(SendAnswer.Refused.class::isInstance)
                    .map(SendAnswer.Refused.class::cast)
                    .findFirst();
            if (refused.isEmpty()) {
                remember(tracked, tracked.track().withTrouble("no endpoint answered: " + answers));
                return;
            }
            if (chain.read(rpc -> ChainReads.knowsTransaction(rpc, attempt.hash()))) {
                remember(tracked, tracked.track().sentAt(clock.instant()));
                return;
            }
            refusals.add(refused.get().text());
        }
        var isNext = signed.nonce() == view.minedNonce();
        remember(tracked, tracked.track().refusedAt(clock.instant(), isNext, "refused: " + refusals.getFirst()));
    }

    private void bump(Tracked tracked, FeeQuote now, View view) {
        if (!(tracked.row().stage() instanceof Stage.Signed signed)) {
            return;
        }
        var newest = signed.newest();
        var fee = newest.fee().bumped(now, policy.bumpPercent());
        if (fee.equals(newest.fee())) {
            resend(tracked, view);
            return;
        }
        var attempt = newest.noop()
                ? signer.signNoop(
                        signed.nonce(), fee, clock.instant(), view.head().number())
                : signer.sign(
                        tracked.row().call(),
                        signed.nonce(),
                        newest.gasLimit(),
                        fee,
                        clock.instant(),
                        view.head().number());
        send(persisted(tracked, signed, attempt), view);
    }

    private void resend(Tracked tracked, View view) {
        if (OutboxDecider.isOlder(
                tracked.track().lastSent().or(() -> Optional.of(Instant.MIN)), policy.resendAfter(), clock.instant())) {
            send(tracked, view);
        }
    }

    private void cancel(Tracked tracked, FeeQuote now, View view) {
        if (!(tracked.row().stage() instanceof Stage.Signed signed)) {
            return;
        }
        var newest = signed.newest();
        var balance = balance(view);
        var cost = cost(tracked.row().call().valueWei(), newest);
        if (balance.compareTo(cost) < 0) {
            remember(tracked, tracked.track().withTrouble(fundsMissing(cost, balance)));
            resend(known(tracked.row().id()), view);
            return;
        }
        var fee = newest.fee().bumped(now, policy.bumpPercent());
        send(
                persisted(
                        tracked,
                        signed,
                        signer.signNoop(
                                signed.nonce(),
                                fee,
                                clock.instant(),
                                view.head().number())),
                view);
    }

    private Tracked persisted(Tracked tracked, Stage.Signed signed, Attempt attempt) {
        var attempts = new ArrayList<>(signed.attempts());
        attempts.add(attempt);
        var row = tracked.row().at(new Stage.Signed(signed.nonce(), attempts));
        return put(new Tracked(row, tracked.track()));
    }

    private void fill(long nonce, FeeQuote fee, View view) {
        var attempt = signer.signNoop(nonce, fee, clock.instant(), view.head().number());
        var call = ChainCall.of(address(), new byte[0]);
        Tracked filler;
        synchronized (rowsLock) {
            var id = nextId++;
            var row = new OutboxRow(
                    id,
                    "fill/" + nonce + "/" + id,
                    call,
                    OptionalLong.empty(),
                    new Stage.Signed(nonce, List.of(attempt)));
            filler = put(new Tracked(row, Track.NEW.withTrouble("fills the gap at nonce " + nonce)));
            idsByKey.put(row.key(), id);
        }
        send(filler, view);
    }

    /** False when the call has to wait. */
    private boolean prepare(Tracked tracked, LazyQuote quote, View view) {
        var row = tracked.row();
        var balance = balance(view);
        var reserved = reserved(view);
        if (isShort(tracked, row.call().valueWei().add(reserved), balance)) {
            return false;
        }
        long gasLimit;
        try {
            gasLimit = chain.read(rpc -> simulate(rpc, row, view.head().number()));
        } catch (CallRevertedException reverted) {
            if (OutboxDecider.inFlight(snapshot()) > 0) {
                remember(tracked, tracked.track().withTrouble("the calls before it: " + reverted.reason()));
                return false;
            }
            settle(row, new Outcome.Reverted(reverted.reason(), Optional.empty()));
            return true;
        } catch (RpcErrorException error) {
            return waitOrRefuse(tracked, error);
        }
        var fee = quote.get();
        var cost = row.call().valueWei().add(fee.maxFee().multiply(BigInteger.valueOf(gasLimit)));
        if (isShort(tracked, cost.add(reserved), balance)) {
            return false;
        }
        var nonce = OutboxDecider.nextNonce(snapshot(), view);
        var attempt = signer.sign(
                row.call(), nonce, gasLimit, fee, clock.instant(), view.head().number());
        var signed = put(new Tracked(row.at(new Stage.Signed(nonce, List.of(attempt))), Track.NEW));
        send(signed, view);
        return true;
    }

    private boolean isShort(Tracked tracked, BigInteger needed, BigInteger balance) {
        var isShort = balance.compareTo(needed) < 0;
        if (isShort) {
            remember(tracked, tracked.track().withTrouble(fundsMissing(needed, balance)));
        }
        return isShort;
    }

    /** An endpoint's error that is no revert: for a while it may be the endpoint's, then it is the call's. */
    private boolean waitOrRefuse(Tracked tracked, RpcErrorException error) {
        var track = tracked.track().missingAt(clock.instant()).withTrouble(error.text());
        if (OutboxDecider.isOlder(track.missingSince(), policy.refuseAfter(), clock.instant())) {
            settle(tracked.row(), new Outcome.Refused(error.text()));
            return true;
        }
        remember(tracked, track);
        return false;
    }

    /** The gas limit, if the contract would take the call now. */
    private long simulate(Rpc rpc, OutboxRow row, long block) {
        ChainReads.call(rpc, address(), row.call(), block);
        if (row.gasLimit().isPresent()) {
            return row.gasLimit().getAsLong();
        }
        var estimate = ChainReads.estimateGas(rpc, address(), row.call());
        return estimate + estimate / 4;
    }

    private BigInteger balance(View view) {
        return chain.read(rpc -> ChainReads.balance(rpc, address(), view.head().number()));
    }

    private BigInteger reserved(View view) {
        return open().map(tracked ->
                        tracked.row().stage() instanceof Stage.Signed signed && signed.nonce() >= view.minedNonce()
                                ? cost(tracked.row().call().valueWei(), signed.newest())
                                : BigInteger.ZERO)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static BigInteger cost(BigInteger valueWei, Attempt attempt) {
        return valueWei.add(attempt.fee().maxFee().multiply(BigInteger.valueOf(attempt.gasLimit())));
    }

    private static String fundsMissing(BigInteger needed, BigInteger balance) {
        return "funds: needs " + needed + " wei, has " + balance;
    }

    // ---- rows

    private List<Tracked> snapshot() {
        return List.copyOf(rows.values());
    }

    private void settle(OutboxRow row, Outcome outcome) {
        put(new Tracked(row.settled(outcome, clock.instant()), Track.NEW));
    }

    private void putIfChanged(Tracked before, Tracked after) {
        if (after.row().equals(before.row())) {
            remember(before, after.track());
        } else {
            put(after);
        }
    }

    /** Persists, then believes. */
    private Tracked put(Tracked tracked) {
        store.put(tracked.row().id(), OutboxRowCodec.encode(tracked.row()));
        rows.put(tracked.row().id(), tracked);
        return tracked;
    }

    private void remember(Tracked tracked, Track track) {
        rows.put(tracked.row().id(), new Tracked(tracked.row(), track));
    }

    /** Forgets what was settled long ago, but never the highest nonce: the next one counts from it. */
    private void prune() {
        synchronized (rowsLock) {
            var now = clock.instant();
            var highest = rows.values().stream()
                    .mapToLong(tracked -> tracked.row().nonce().orElse(-1))
                    .max()
                    .orElse(-1);
            for (var tracked : snapshot()) {
                if (tracked.row().stage() instanceof Stage.Settled(var nonce, var _, var at)
                        && (nonce.isEmpty() || nonce.getAsLong() != highest)
                        && OutboxDecider.isOlder(Optional.of(at), policy.retention(), now)) {
                    store.delete(tracked.row().id());
                    rows.remove(tracked.row().id());
                    idsByKey.remove(tracked.row().key());
                }
            }
        }
    }
}
