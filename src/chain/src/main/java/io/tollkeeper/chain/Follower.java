package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads the contracts' events from the chain's logs, in order, none twice and none left out.
 *
 * <p>It polls {@code eth_getLogs} with numeric ranges from a persisted cursor: server-side filters and subscriptions are
 * lost with their endpoint, ranges are not. Before it goes on it looks whether the block on which it stands is still on
 * the chain, and it takes a range's logs only if the range's last block is the same before and after. Finality is a
 * depth, not a tag: some chains do not know the tag.
 *
 * <p>Somebody calls {@link #tick} every second or so, from one thread.
 */
public final class Follower {
    private static final int PAGE_BLOCKS_MAX = 2_000;
    private static final int PAGES_A_TICK = 16;

    /** Up to so many blocks in a range, the hash of each block with logs is checked one by one. */
    private static final int CHECKED_RANGE_BLOCKS = 64;

    private final ChainAccess chain;
    private final List<Address> contracts;
    private final long startBlock;
    private final int finalityDepth;
    private final CursorStore cursors;
    private final FollowerListener listener;
    private final Clock clock;

    private Optional<Cursor> cursor;
    private List<BlockRef> tail = List.of();
    private int pageBlocks = PAGE_BLOCKS_MAX;
    private volatile Optional<BlockRef> head = Optional.empty();
    private volatile Optional<BlockRef> finalUpTo;

    public Follower(
            ChainAccess chain, ChainConfig config, CursorStore cursors, FollowerListener listener, Clock clock) {
        this(
                chain,
                List.of(config.usageAnchor(), config.feeVault()),
                config.startBlock(),
                config.finalityDepth(),
                cursors,
                listener,
                clock);
    }

    public Follower(
            ChainAccess chain,
            List<Address> contracts,
            long startBlock,
            int finalityDepth,
            CursorStore cursors,
            FollowerListener listener,
            Clock clock) {
        this.chain = chain;
        this.contracts = List.copyOf(contracts);
        this.startBlock = startBlock;
        this.finalityDepth = finalityDepth;
        this.cursors = cursors;
        this.listener = listener;
        this.clock = clock;
        this.cursor = cursors.load();
        this.finalUpTo = cursor.map(Cursor::last);
    }

    /** The newest block seen. From any thread. */
    public Optional<BlockRef> head() {
        return head;
    }

    /** The last block whose events were told as final, and the chain's time of it. From any thread. */
    public Optional<BlockRef> finalUpTo() {
        return finalUpTo;
    }

    /** How old our view is: the time since the newest block seen; empty before the first. From any thread. */
    public Optional<Duration> viewAge() {
        return head.map(block -> Duration.between(block.time(), clock.instant()))
                .map(age -> age.isNegative() ? Duration.ZERO : age);
    }

    /** Reads on from the cursor. Never throws because the chain is away. */
    public FollowerReport tick() {
        try {
            for (var page = 0; page < PAGES_A_TICK; page++) {
                if (!step()) {
                    return report(true, Optional.empty());
                }
            }
            return report(false, Optional.empty());
        } catch (RpcErrorException error) {
            // Most chains bound a range by its blocks or its logs, each in other words.
            pageBlocks = Math.max(1, pageBlocks / 2);
            return report(false, Optional.of(String.valueOf(error.getMessage())));
        } catch (ChainException away) {
            return report(false, Optional.of(String.valueOf(away.getMessage())));
        }
    }

    private FollowerReport report(boolean caughtUp, Optional<String> trouble) {
        return new FollowerReport(finalUpTo, head, caughtUp, trouble);
    }

    /** What one look at one endpoint gave. */
    private sealed interface Look {
        /** Its head is below what we have seen; or it changed while we looked. */
        record Nothing() implements Look {}

        /** Events of final blocks. */
        record Final(List<ChainEvent> events, BlockRef upTo, boolean more) implements Look {}

        /** Events of blocks that are not final, up to the head. */
        record Tail(List<ChainEvent> events, BlockRef upTo) implements Look {}

        /** Non-final blocks above {@code to} were replaced. */
        record Rewound(BlockRef to) implements Look {}

        /** Final blocks above {@code to} were replaced. */
        record Broken(BlockRef to) implements Look {}
    }

    /** One look and what follows from it; false when there is nothing more to read now. */
    private boolean step() {
        return switch (chain.read(this::look)) {
            case Look.Nothing _ -> false;
            case Look.Final(var events, var upTo, var more) -> {
                listener.finalized(events, upTo);
                advance(upTo);
                pageBlocks = Math.min(PAGE_BLOCKS_MAX, pageBlocks * 2);
                yield more || finalityDepth > 0;
            }
            case Look.Tail(var events, var upTo) -> {
                listener.seen(events, upTo);
                var longer = new ArrayList<>(tail);
                longer.add(upTo);
                tail = longer;
                yield false;
            }
            case Look.Rewound(var to) -> {
                listener.rewound(to);
                tail = tail.stream()
                        .filter(seen -> seen.number() <= to.number())
                        .toList();
                yield true;
            }
            case Look.Broken(var to) -> {
                tail = List.of();
                listener.finalityBroken(to);
                save(new Cursor(shortened(to)));
                yield true;
            }
        };
    }

    private void advance(BlockRef upTo) {
        save(cursor.map(kept -> kept.advancedTo(upTo)).orElseGet(() -> new Cursor(List.of(upTo))));
        tail = tail.stream().filter(seen -> seen.number() > upTo.number()).toList();
    }

    private void save(Cursor next) {
        cursors.save(next);
        cursor = Optional.of(next);
        finalUpTo = Optional.of(next.last());
    }

    private List<BlockRef> shortened(BlockRef to) {
        var kept = new ArrayList<BlockRef>();
        cursor.ifPresent(broken -> broken.trail().stream()
                .filter(block -> block.number() < to.number())
                .forEach(kept::add));
        kept.add(to);
        return kept;
    }

    private Look look(Rpc rpc) {
        var now = ChainReads.head(rpc);
        head = Optional.of(now);
        var broken = cursor.flatMap(kept -> brokenAt(rpc, kept, now));
        if (broken.isPresent()) {
            return new Look.Broken(broken.get());
        }
        if (cursor.isPresent() && cursor.get().last().number() > now.number()) {
            return new Look.Nothing();
        }
        var from = cursor.map(kept -> kept.last().number() + 1).orElse(startBlock);
        var reached = newestOnChain(rpc, tail, now);
        if (reached.changed()) {
            return new Look.Rewound(
                    reached.block().or(() -> cursor.map(Cursor::last)).orElseGet(() -> beforeStart(rpc)));
        }
        var finalTo = now.number() - finalityDepth;
        if (from <= finalTo) {
            var to = Math.min(finalTo, from + pageBlocks - 1);
            return range(rpc, from, to)
                    .<Look>map(range -> new Look.Final(range.events(), range.last(), to < finalTo))
                    .orElseGet(Look.Nothing::new);
        }
        return lookAtTail(rpc, from, now);
    }

    private Look lookAtTail(Rpc rpc, long from, BlockRef now) {
        var tailFrom = tail.isEmpty() ? from : tail.getLast().number() + 1;
        return tailFrom > now.number()
                ? new Look.Nothing()
                : range(rpc, tailFrom, now.number())
                        .<Look>map(range -> new Look.Tail(range.events(), range.last()))
                        .orElseGet(Look.Nothing::new);
    }

    /** The block to go back to when the chain no longer has the one on which we stand. */
    private Optional<BlockRef> brokenAt(Rpc rpc, Cursor kept, BlockRef now) {
        var reached = newestOnChain(rpc, kept.trail(), now);
        if (!reached.changed()) {
            return Optional.empty();
        }
        return Optional.of(reached.block().orElseGet(() -> beforeStart(rpc)));
    }

    private BlockRef beforeStart(Rpc rpc) {
        var number = Math.max(0, startBlock - 1);
        return ChainReads.block(rpc, number)
                .orElseThrow(() -> new RpcTransportException("expected block " + number + ", got none"));
    }

    /**
     * @param block the newest of some remembered blocks that is on the chain
     * @param changed a newer one of them is not, though the chain is long enough for it
     */
    private record Reached(Optional<BlockRef> block, boolean changed) {}

    private static Reached newestOnChain(Rpc rpc, List<BlockRef> remembered, BlockRef now) {
        var changed = false;
        for (var block : remembered.reversed()) {
            if (block.number() > now.number()) {
                continue;
            }
            var actual = ChainReads.block(rpc, block.number());
            if (actual.isPresent() && actual.get().hash().equals(block.hash())) {
                return new Reached(Optional.of(block), changed);
            }
            changed |= actual.isPresent();
        }
        return new Reached(Optional.empty(), changed);
    }

    private record Range(List<ChainEvent> events, BlockRef last) {}

    /** Empty when the chain changed while we read. */
    private Optional<Range> range(Rpc rpc, long from, long to) {
        var before = ChainReads.block(rpc, to);
        if (before.isEmpty()) {
            return Optional.empty();
        }
        var logs = ChainReads.logs(rpc, contracts, ChainEventDecoder.topics(), from, to);
        var hashes = new HashMap<Long, Bytes32>(Map.of(to, before.get().hash()));
        for (var log : logs) {
            if (log.blockNumber() < from || log.blockNumber() > to) {
                throw new RpcTransportException(
                        "eth_getLogs: expected blocks " + from + " to " + to + ", got " + log.blockNumber());
            }
            if (to - from < CHECKED_RANGE_BLOCKS && !hashes.containsKey(log.blockNumber())) {
                ChainReads.block(rpc, log.blockNumber()).ifPresent(block -> hashes.put(block.number(), block.hash()));
            }
            var expected = hashes.get(log.blockNumber());
            if (expected != null && !Objects.equals(expected, log.blockHash())) {
                return Optional.empty();
            }
        }
        var after = ChainReads.block(rpc, to);
        if (!before.equals(after)) {
            return Optional.empty();
        }
        var events = logs.stream()
                .flatMap(log -> ChainEventDecoder.decode(log).stream())
                .toList();
        return Optional.of(new Range(events, before.get()));
    }
}
