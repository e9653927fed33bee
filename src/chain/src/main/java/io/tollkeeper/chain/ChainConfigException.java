package io.tollkeeper.chain;

import java.util.List;

/** A chain's configuration has faults; all of them are named. */
public final class ChainConfigException extends ChainException {
    private final List<String> faults;

    public ChainConfigException(List<String> faults) {
        super("chain configuration: " + String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line a fault: key, what was expected, what came. */
    public List<String> faults() {
        return faults;
    }
}
