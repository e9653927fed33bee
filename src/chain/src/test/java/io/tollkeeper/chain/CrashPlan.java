package io.tollkeeper.chain;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Kills a process at the n-th step that leaves a trace outside of it: before and after each write to the store, before
 * and after each send. What is outside (the store's map, the chain) stays as it was at that moment.
 */
final class CrashPlan {
    /** The process is gone. */
    static final class Crash extends RuntimeException {
        Crash(String where) {
            super(where);
        }
    }

    private final int crashAtStep;
    private int step;

    CrashPlan(int crashAtStep) {
        this.crashAtStep = crashAtStep;
    }

    private void pass(String where) {
        if (step++ == crashAtStep) {
            throw new Crash(where);
        }
    }

    OutboxStore store(Map<Long, byte[]> disk) {
        return new OutboxStore() {
            @Override
            public Map<Long, byte[]> load() {
                return Map.copyOf(disk);
            }

            @Override
            public void put(long id, byte[] row) {
                pass("before put " + id);
                disk.put(id, row.clone());
                pass("after put " + id);
            }

            @Override
            public void delete(long id) {
                disk.remove(id);
            }
        };
    }

    ChainAccess chain(ChainAccess real) {
        return new ChainAccess() {
            @Override
            public long chainId() {
                return real.chainId();
            }

            @Override
            public <T> T read(Function<Rpc, T> sequence) {
                return real.read(sequence);
            }

            @Override
            public List<SendAnswer> send(byte[] signed) {
                pass("before send");
                var answers = real.send(signed);
                pass("after send");
                return answers;
            }
        };
    }
}
