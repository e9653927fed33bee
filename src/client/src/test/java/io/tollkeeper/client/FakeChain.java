package io.tollkeeper.client;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A chain that holds what a test put there. */
final class FakeChain implements AnchorReader {
    private final Set<Claim> anchored = new HashSet<>();
    private final Set<Claim> pending = new HashSet<>();
    private final Map<Receipts.Epoch, Address> keys = new HashMap<>();
    private long finalTimeSeconds;
    private boolean away;

    synchronized void put(Claim claim) {
        anchored.add(claim);
    }

    synchronized void putPending(Claim claim) {
        pending.add(claim);
    }

    synchronized void register(Bytes32 nodeId, long epoch, Address key) {
        keys.put(new Receipts.Epoch(nodeId, epoch), key);
    }

    synchronized void finalAt(long unixSecond) {
        finalTimeSeconds = unixSecond;
    }

    synchronized void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public synchronized Verdict check(Claim claim) throws IOException {
        answer();
        if (anchored.contains(claim)) {
            return Verdict.ANCHORED;
        }
        return pending.contains(claim) ? Verdict.NOT_YET : Verdict.REFUTED;
    }

    @Override
    public synchronized long finalBlockTimeSeconds() throws IOException {
        answer();
        return finalTimeSeconds;
    }

    @Override
    public synchronized Optional<Boolean> isKeyOf(Bytes32 nodeId, long epoch, Address key) throws IOException {
        answer();
        return Optional.ofNullable(keys.get(new Receipts.Epoch(nodeId, epoch))).map(key::equals);
    }

    private void answer() throws IOException {
        if (away) {
            throw new IOException("no endpoint answers");
        }
    }
}
