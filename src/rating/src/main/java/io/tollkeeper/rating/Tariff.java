package io.tollkeeper.rating;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules by which counters become money. Read from the {@code tariff} section of a plan document, of which the plan
 * holds the hash.
 *
 * <p>In engine version 1 a tariff has per-unit lines over one window, which is the agreement's whole life.
 */
public final class Tariff {
    /** The only version of the rules that there is. */
    public static final int ENGINE_VERSION = 1;

    private static final Window WHOLE_LIFE = new Window(0, 0);

    private final String version;
    private final List<Meter> meters;
    private final List<TariffLine> lines;
    private final byte[] canonical;

    Tariff(String version, List<Meter> meters, List<TariffLine> lines, byte[] canonical) {
        this.version = version;
        this.meters = List.copyOf(meters);
        this.lines = List.copyOf(lines);
        this.canonical = canonical;
    }

    /**
     * Reads the {@code tariff} section of a plan document.
     *
     * @param document the whole document, from JSON or YAML
     * @throws TariffException with every fault of the section
     */
    public static Tariff fromDocument(JsonNode document) {
        return new TariffReader().read(document.path("tariff"));
    }

    /** The document's own version: free text. */
    public String version() {
        return version;
    }

    /** The version of the rating rules that the tariff is written for. */
    public int engineVersion() {
        return ENGINE_VERSION;
    }

    /** In the order of the document. */
    public List<Meter> meters() {
        return meters;
    }

    /** The meter of this name. */
    public Optional<Meter> meter(String name) {
        return meters.stream().filter(meter -> meter.name().equals(name)).findFirst();
    }

    /** In the order of the document. */
    public List<TariffLine> lines() {
        return lines;
    }

    /** SHA-256 of the tariff section as canonical JSON ({@link CanonicalJson}); 32 bytes. */
    public byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(canonical);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The tariff section as canonical JSON. */
    public byte[] canonicalJson() {
        return canonical.clone();
    }

    /** The window in which usage at this Unix second counts. */
    public Window windowAt(long unixSecond) {
        if (unixSecond < 0) {
            throw new IllegalArgumentException("expected a Unix second from 0, got " + unixSecond);
        }
        return WHOLE_LIFE;
    }

    /** Whether the tariff has this window and {@code asOf} lies in it, its end included. */
    public boolean windowHolds(Window window, long asOf) {
        return window.equals(WHOLE_LIFE) && asOf >= window.start();
    }

    /** A counter among these that is of no meter or band of this tariff. */
    public Optional<CounterKey> unknownAmong(Set<CounterKey> counters) {
        return counters.stream().filter(key -> !isKnown(key)).findFirst();
    }

    /**
     * What a window's counters cost, in base units; exact, and never falling while counters rise. The agreement's amount
     * is the window's base plus this.
     *
     * @param counters what the meters counted in the window; a meter that is missing counted 0
     * @throws IllegalArgumentException for a counter below 0 or unknown to this tariff
     */
    public BigInteger amount(Map<CounterKey, Long> counters) {
        return charges(counters).stream().map(LineCharge::amount).reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** The same, line by line in the order of the document. */
    public List<LineCharge> charges(Map<CounterKey, Long> counters) {
        unknownAmong(counters.keySet()).ifPresent(key -> {
            throw new IllegalArgumentException("expected counters of this tariff's meters %s, got %s"
                    .formatted(meters.stream().map(Meter::id).toList(), key));
        });
        counters.forEach((key, count) -> {
            if (count < 0) {
                throw new IllegalArgumentException("expected counters from 0, got %d for %s".formatted(count, key));
            }
        });
        return lines.stream()
                .map(line -> {
                    BigInteger quantity = BigInteger.valueOf(
                            counters.getOrDefault(new CounterKey(line.meter().id(), 0), 0L));
                    return new LineCharge(line, quantity, line.charge(quantity));
                })
                .toList();
    }

    private boolean isKnown(CounterKey key) {
        return key.band() == 0 && meters.stream().anyMatch(meter -> meter.id() == key.meterId());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tariff that && Arrays.equals(canonical, that.canonical);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(canonical);
    }

    @Override
    public String toString() {
        return "Tariff[version=%s, hash=0x%s]".formatted(version, HexFormat.of().formatHex(hash()));
    }
}
