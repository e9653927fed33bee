package io.tollkeeper.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk that keeps what was forced and nothing else for sure: a crash drops, keeps or tears the rest, files that were
 * made or deleted without forcing the names may be there or not, and writes fail when the test says so.
 */
final class FaultyDisk implements SpoolStorage {
    private static final class Content {
        private byte[] durable = new byte[0];
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

        private byte[] all() {
            var result = new byte[durable.length + pending.size()];
            System.arraycopy(durable, 0, result, 0, durable.length);
            System.arraycopy(pending.toByteArray(), 0, result, durable.length, pending.size());
            return result;
        }
    }

    private final Random random;
    private double failureRate;
    private Map<String, Content> names = new TreeMap<>();
    private Map<String, Content> durableNames = new TreeMap<>();
    private int generation;

    FaultyDisk(Random random) {
        this.random = random;
    }

    void failWithProbability(double rate) {
        failureRate = rate;
    }

    /** The machine loses power; open files of before are dead. */
    void crash() {
        generation++;
        var after = new TreeMap<String, Content>();
        var candidates = new TreeMap<>(durableNames);
        candidates.putAll(names);
        candidates.forEach((name, content) -> {
            var sure = names.get(name) == content && durableNames.get(name) == content;
            if (sure || random.nextBoolean()) {
                after.put(name, survivor(content));
            }
        });
        // A name that pointed to another content durably may point to that one again.
        durableNames.forEach((name, content) -> {
            if (names.get(name) != content && !after.containsKey(name)) {
                after.put(name, survivor(content));
            }
        });
        names = after;
        durableNames = new TreeMap<>(after);
    }

    private Content survivor(Content content) {
        var pending = content.pending.toByteArray();
        var kept = pending.length == 0 ? 0 : random.nextInt(pending.length + 1);
        var result = new Content();
        result.durable = new byte[content.durable.length + kept];
        System.arraycopy(content.durable, 0, result.durable, 0, content.durable.length);
        System.arraycopy(pending, 0, result.durable, content.durable.length, kept);
        // Sectors that were never written read as anything.
        for (var i = 0; i < kept; i++) {
            if (random.nextInt(200) == 0) {
                result.durable[content.durable.length + i] = (byte) random.nextInt();
            }
        }
        return result;
    }

    @Override
    public List<String> list() {
        return new ArrayList<>(names.keySet());
    }

    @Override
    public byte[] read(String name) throws IOException {
        var content = names.get(name);
        if (content == null) {
            throw new IOException("no file " + name);
        }
        return content.all();
    }

    @Override
    public AppendFile create(String name) throws IOException {
        mayFail("create");
        var content = new Content();
        names.put(name, content);
        var born = generation;
        return new AppendFile() {
            @Override
            public void append(byte[] bytes) throws IOException {
                alive();
                if (random.nextDouble() < failureRate) {
                    content.pending.write(bytes, 0, random.nextInt(bytes.length + 1));
                    throw new IOException("injected: write");
                }
                content.pending.write(bytes, 0, bytes.length);
            }

            @Override
            public void force() throws IOException {
                alive();
                mayFail("force");
                content.durable = content.all();
                content.pending.reset();
            }

            @Override
            public void close() {}

            private void alive() throws IOException {
                if (born != generation) {
                    throw new IOException("the machine crashed");
                }
            }
        };
    }

    @Override
    public void delete(String name) throws IOException {
        mayFail("delete");
        names.remove(name);
    }

    @Override
    public void forceNames() throws IOException {
        mayFail("force of names");
        durableNames = new TreeMap<>(names);
    }

    private void mayFail(String what) throws IOException {
        if (random.nextDouble() < failureRate) {
            throw new IOException("injected: " + what);
        }
    }
}
