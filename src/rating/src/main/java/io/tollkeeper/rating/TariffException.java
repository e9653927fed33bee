package io.tollkeeper.rating;

import java.util.List;
import java.util.stream.Collectors;

/** A tariff that cannot be used; it names every fault at once. */
public final class TariffException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    /**
     * One rule that the document breaks.
     *
     * @param path where, for example {@code tariff.lines[0].price}
     * @param rule what is expected there, and what stands there
     */
    public record Fault(String path, String rule) {
        @Override
        public String toString() {
            return path + ": " + rule;
        }
    }

    TariffException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** All of them, from the document's top to its end; at least one. */
    public List<Fault> faults() {
        return faults;
    }
}
