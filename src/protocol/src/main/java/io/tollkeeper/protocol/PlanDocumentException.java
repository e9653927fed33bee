package io.tollkeeper.protocol;

import java.util.List;
import java.util.stream.Collectors;

/** A plan document that cannot be used; it names every fault at once. */
public final class PlanDocumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    /**
     * One rule that the document breaks.
     *
     * @param path where, for example {@code plan.methods[1]}
     * @param rule what is expected there, and what stands there
     */
    public record Fault(String path, String rule) {
        @Override
        public String toString() {
            return path + ": " + rule;
        }
    }

    PlanDocumentException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** All of them, in the order of the document's description; at least one. */
    public List<Fault> faults() {
        return faults;
    }
}
