package io.tollkeeper.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Bytes received and sent through one network interface, from the kernel's own counters. A counter that is lower than
 * before has started over (the interface was made anew) and counts from zero, unless it was near 2^32 and is near zero
 * now: then it is a 32-bit counter that wrapped.
 */
public final class NetworkCollector implements Collector {
    private static final long WRAP = 1L << 32;
    /** How near to the wrap a counter must have been, and how near to zero it must be, in bytes. */
    private static final long WRAP_MARGIN = 1L << 28;

    /** The raw counters of an interface, in bytes. */
    public record Raw(long receivedBytes, long sentBytes) {}

    /** Where raw counters come from. */
    @FunctionalInterface
    public interface Source {
        Raw read() throws IOException;
    }

    private final String interfaceName;
    private final OptionalInt receivedMeter;
    private final OptionalInt sentMeter;
    private final Source source;
    private Raw last;
    private long received;
    private long sent;

    /**
     * @throws IOException when the interface cannot be read now: an agent does not start on a meter that is not there
     */
    public NetworkCollector(String interfaceName, OptionalInt receivedMeter, OptionalInt sentMeter, Source source)
            throws IOException {
        this.interfaceName = interfaceName;
        this.receivedMeter = receivedMeter;
        this.sentMeter = sentMeter;
        this.source = source;
        this.last = source.read();
    }

    @Override
    public String name() {
        return "network " + interfaceName;
    }

    @Override
    public synchronized Counters read() throws IOException {
        var now = source.read();
        received = Math.addExact(received, rise(last.receivedBytes(), now.receivedBytes()));
        sent = Math.addExact(sent, rise(last.sentBytes(), now.sentBytes()));
        last = now;
        var counters = Counters.NONE;
        if (receivedMeter.isPresent()) {
            counters = counters.plus(Counters.of(receivedMeter.getAsInt(), received));
        }
        if (sentMeter.isPresent()) {
            counters = counters.plus(Counters.of(sentMeter.getAsInt(), sent));
        }
        return counters;
    }

    static long rise(long before, long now) {
        if (now >= before) {
            return now - before;
        }
        var wrapped = before < WRAP && before >= WRAP - WRAP_MARGIN && now < WRAP_MARGIN;
        return wrapped ? WRAP - before + now : now;
    }

    /** The kernel's counters of an interface: {@code /sys/class/net/<name>/statistics}, else {@code /proc/net/dev}. */
    public static Source kernel(String interfaceName) {
        return kernel(interfaceName, Path.of("/sys/class/net"), Path.of("/proc/net/dev"));
    }

    static Source kernel(String interfaceName, Path sysClassNet, Path procNetDev) {
        var statistics = sysClassNet.resolve(interfaceName).resolve("statistics");
        return () -> Files.isDirectory(statistics)
                ? new Raw(
                        number(Files.readString(statistics.resolve("rx_bytes")), "rx_bytes of " + interfaceName),
                        number(Files.readString(statistics.resolve("tx_bytes")), "tx_bytes of " + interfaceName))
                : fromProcNetDev(interfaceName, Files.readAllLines(procNetDev));
    }

    /** Fields of a line: {@code name: rxBytes packets errs drop fifo frame compressed multicast txBytes ...}. */
    static Raw fromProcNetDev(String interfaceName, List<String> lines) throws IOException {
        var names = new ArrayList<String>();
        for (var line : lines) {
            var colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            var name = line.substring(0, colon).strip();
            names.add(name);
            if (name.equals(interfaceName)) {
                var fields = line.substring(colon + 1).strip().split("\\s+");
                if (fields.length < 9) {
                    throw new IOException("expected at least 9 fields for " + name + ", actual " + fields.length);
                }
                return new Raw(number(fields[0], "rx bytes of " + name), number(fields[8], "tx bytes of " + name));
            }
        }
        throw new IOException("expected a network interface named " + interfaceName + ", actual " + names);
    }

    private static long number(String text, String what) throws IOException {
        try {
            return Long.parseUnsignedLong(text.strip()) & Long.MAX_VALUE;
        } catch (NumberFormatException _) {
            throw new IOException("expected a number as " + what + ", actual '" + text.strip() + "'");
        }
    }
}
