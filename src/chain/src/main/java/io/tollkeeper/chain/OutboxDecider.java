package io.tollkeeper.chain;

import io.tollkeeper.chain.OutboxRow.Outcome;
import io.tollkeeper.chain.OutboxRow.Stage;
import io.tollkeeper.protocol.Bytes32;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an outbox concludes and does, as pure functions of its rows, of what it saw of the chain, and of the time. No
 * decision rests on what an endpoint said about a send: chains word it differently and say "already known" long after
 * the opposite is true. Receipts and the account's mined nonce decide.
 */
final class OutboxDecider {
    /** How long a view may contradict what was seen before (an endpoint behind the others) until it is believed. */
    static final Duration BELIEVE_AFTER = Duration.ofSeconds(10);

    /** Who used up a nonce of ours that has no receipt. */
    enum NonceUser {
        US,
        ANOTHER,
        UNKNOWN
    }

    /**
     * The chain as one endpoint showed it.
     *
     * @param minedNonce the account's transactions up to the head
     * @param finalNonce the same up to the newest final block
     * @param receipts by transaction hash; only of blocks that are on the chain
     * @param users who used up final nonces that have no receipt of ours
     */
    record View(
            BlockRef head,
            long minedNonce,
            long finalNonce,
            Map<Bytes32, TxReceipt> receipts,
            Map<Long, NonceUser> users) {
        View {
            receipts = Map.copyOf(receipts);
            users = Map.copyOf(users);
        }
    }

    /**
     * What an outbox remembers of a row beside what is persisted; after a restart it begins anew.
     *
     * @param lastSent when some endpoint last answered a send
     * @param taken whether an endpoint ever took it
     * @param refusedSince since when all refuse, counted while it is the account's next nonce
     * @param missingSince since when what was seen of it is no longer there
     * @param trouble in words
     */
    record Track(
            Optional<Instant> lastSent,
            boolean taken,
            Optional<Instant> refusedSince,
            Optional<Instant> missingSince,
            Optional<String> trouble) {
        static final Track NEW =
                new Track(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());

        Track sentAt(Instant now) {
            return new Track(Optional.of(now), true, Optional.empty(), missingSince, Optional.empty());
        }

        Track refusedAt(Instant now, boolean counts, String why) {
            var since = counts ? Optional.of(refusedSince.orElse(now)) : Optional.<Instant>empty();
            return new Track(Optional.of(now), taken, since, missingSince, Optional.of(why));
        }

        Track missingAt(Instant now) {
            return new Track(lastSent, taken, refusedSince, Optional.of(missingSince.orElse(now)), trouble);
        }

        Track found() {
            return new Track(lastSent, taken, refusedSince, Optional.empty(), trouble);
        }

        Track withTrouble(String why) {
            return new Track(lastSent, taken, refusedSince, missingSince, Optional.of(why));
        }
    }

    record Tracked(OutboxRow row, Track track) {}

    /** What is to be done now, in this order. */
    sealed interface Action {
        /** Sends the bytes that are there. */
        record Send(Tracked row) implements Action {}

        /** Signs again with a higher fee, persists, sends. */
        record Bump(Tracked row) implements Action {}

        /** Gives the nonce to a transaction that does nothing, if funds are not what is missing. */
        record Cancel(Tracked row) implements Action {}

        /** Uses up a nonce that no row has and that keeps later ones back. */
        record Fill(long nonce) implements Action {}

        /** Simulates, gives a nonce, signs, persists, sends. */
        record Prepare(Tracked row) implements Action {}
    }

    private final OutboxPolicy policy;

    OutboxDecider(OutboxPolicy policy) {
        this.policy = policy;
    }

    /** The row after this view of the chain. */
    Tracked absorb(Tracked before, View view, Instant now) {
        return switch (before.row().stage()) {
            case Stage.Waiting _, Stage.Settled _ -> before;
            case Stage.Signed signed -> absorbSigned(before, signed, view, now);
            case Stage.InBlock inBlock -> absorbInBlock(before, inBlock, view, now);
        };
    }

    private Tracked absorbSigned(Tracked before, Stage.Signed signed, View view, Instant now) {
        var mined = mined(before.row(), signed, view);
        if (mined.isPresent()) {
            return settleIfFinal(new Tracked(mined.get(), before.track().found()), view, now);
        }
        if (signed.nonce() >= view.finalNonce()) {
            return new Tracked(before.row(), before.track().found());
        }
        return switch (view.users().getOrDefault(signed.nonce(), NonceUser.UNKNOWN)) {
            case US -> new Tracked(before.row(), before.track().found());
            case ANOTHER -> lost(before.row(), signed, now);
            case UNKNOWN -> {
                var track = before.track().missingAt(now);
                yield isOlder(track.missingSince(), policy.evidenceAfter(), now)
                        ? lost(before.row(), signed, now)
                        : new Tracked(before.row(), track);
            }
        };
    }

    /** Another transaction of this account has the nonce for good: the call starts over. */
    private static Tracked lost(OutboxRow row, Stage.Signed signed, Instant now) {
        return signed.newest().noop()
                ? new Tracked(
                        row.settled(new Outcome.Refused("nonce " + signed.nonce() + " was used elsewhere"), now),
                        Track.NEW)
                : new Tracked(row.at(new Stage.Waiting()), Track.NEW);
    }

    private Tracked absorbInBlock(Tracked before, Stage.InBlock inBlock, View view, Instant now) {
        var mined = mined(before.row(), inBlock.signed(), view);
        if (mined.isPresent()) {
            var unchanged = mined.get().stage() instanceof Stage.InBlock(var _, var _, var receipt, var _)
                    && receipt.equals(inBlock.receipt());
            var row = unchanged ? before.row() : mined.get();
            return settleIfFinal(new Tracked(row, before.track().found()), view, now);
        }
        var track = before.track().missingAt(now);
        var contradicted = view.head().number() >= inBlock.receipt().blockNumber()
                || isOlder(track.missingSince(), BELIEVE_AFTER, now);
        // Back to where it was: the same bytes go out again at once.
        return contradicted
                ? new Tracked(before.row().at(inBlock.signed()), Track.NEW)
                : new Tracked(before.row(), track);
    }

    private static Optional<OutboxRow> mined(OutboxRow row, Stage.Signed signed, View view) {
        for (var attempt : signed.attempts()) {
            var receipt = view.receipts().get(attempt.hash());
            if (receipt != null) {
                return Optional.of(row.at(new Stage.InBlock(signed, attempt, receipt, Optional.empty())));
            }
        }
        return Optional.empty();
    }

    /** A refused one settles once its reason is known. */
    Tracked settleIfFinal(Tracked tracked, View view, Instant now) {
        if (!(tracked.row().stage() instanceof Stage.InBlock(var _, var winner, var receipt, var reason))
                || receipt.blockNumber() + policy.finalityDepth() > view.head().number()) {
            return tracked;
        }
        if (winner.noop()) {
            var why = tracked.track().trouble().orElse("no endpoint took it");
            return new Tracked(tracked.row().settled(new Outcome.Refused(why), now), Track.NEW);
        }
        if (receipt.succeeded()) {
            return new Tracked(tracked.row().settled(new Outcome.Succeeded(receipt), now), Track.NEW);
        }
        return reason.map(known -> new Tracked(
                        tracked.row().settled(new Outcome.Reverted(known, Optional.of(receipt)), now), Track.NEW))
                .orElse(tracked);
    }

    /** What to do now. Rows under way first, by nonce: a chain without a queue for gaps takes them only in order. */
    List<Action> actions(List<Tracked> rows, View view, Optional<Instant> gapSince, Instant now) {
        var actions = new ArrayList<Action>();
        if (isOlder(gapSince, BELIEVE_AFTER, now)) {
            gaps(rows, view).forEach(nonce -> actions.add(new Action.Fill(nonce)));
        }
        rows.stream()
                .filter(tracked ->
                        tracked.row().stage() instanceof Stage.Signed signed && signed.nonce() >= view.minedNonce())
                .sorted(Comparator.comparingLong(
                        tracked -> tracked.row().nonce().orElseThrow()))
                .forEach(tracked -> onTheWay(tracked, view, now).ifPresent(actions::add));
        var room = policy.maxInFlight() - inFlight(rows);
        rows.stream()
                .filter(tracked -> tracked.row().stage() instanceof Stage.Waiting)
                .sorted(Comparator.comparingLong(tracked -> tracked.row().id()))
                .limit(Math.max(0, room))
                .forEach(tracked -> actions.add(new Action.Prepare(tracked)));
        return actions;
    }

    private Optional<Action> onTheWay(Tracked tracked, View view, Instant now) {
        if (!(tracked.row().stage() instanceof Stage.Signed signed)) {
            return Optional.empty();
        }
        // Only the account's next nonce can be helped; and only a chain that goes on can have passed it over.
        var isNext = signed.nonce() == view.minedNonce();
        var passedOver = isNext && view.head().number() > signed.newest().head();
        if (passedOver && isRefusedForGood(tracked, signed, now)) {
            return Optional.of(new Action.Cancel(tracked));
        }
        if (passedOver && isOlder(Optional.of(signed.newest().signedAt()), policy.bumpAfter(), now)) {
            return Optional.of(new Action.Bump(tracked));
        }
        var lastSent = tracked.track().lastSent();
        return lastSent.isEmpty() || isOlder(lastSent, policy.resendAfter(), now)
                ? Optional.of(new Action.Send(tracked))
                : Optional.empty();
    }

    private boolean isRefusedForGood(Tracked tracked, Stage.Signed signed, Instant now) {
        var patience = tracked.track().taken() ? policy.stuckAfter() : policy.refuseAfter();
        return !signed.newest().noop() && isOlder(tracked.track().refusedSince(), patience, now);
    }

    /** Nonces from the account's next one up to our highest that no row under way has. */
    static List<Long> gaps(List<Tracked> rows, View view) {
        var covered = new HashSet<Long>();
        var highest = -1L;
        for (var tracked : rows) {
            var nonce = tracked.row().nonce();
            if (nonce.isPresent()) {
                highest = Math.max(highest, nonce.getAsLong());
                if (!(tracked.row().stage() instanceof Stage.Settled)) {
                    covered.add(nonce.getAsLong());
                }
            }
        }
        var gaps = new ArrayList<Long>();
        for (var nonce = view.minedNonce(); nonce <= highest; nonce++) {
            if (!covered.contains(nonce)) {
                gaps.add(nonce);
            }
        }
        return gaps;
    }

    static int inFlight(List<Tracked> rows) {
        return (int) rows.stream()
                .filter(tracked -> tracked.row().stage() instanceof Stage.Signed)
                .count();
    }

    /** The nonce for the next row. */
    static long nextNonce(List<Tracked> rows, View view) {
        var highest = rows.stream()
                .flatMap(tracked -> tracked.row().nonce().stream().boxed())
                .max(Comparator.naturalOrder());
        return Math.max(view.minedNonce(), highest.map(nonce -> nonce + 1).orElse(0L));
    }

    static boolean isOlder(Optional<Instant> since, Duration age, Instant now) {
        return since.isPresent() && !now.isBefore(since.get().plus(age));
    }
}
