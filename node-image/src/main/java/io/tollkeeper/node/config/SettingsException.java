package io.tollkeeper.node.config;

import java.util.List;

/** The configuration is wrong; {@link #faults} names every fault that was found, not the first. */
public final class SettingsException extends Exception {
    private final transient List<String> faults;

    public SettingsException(List<String> faults) {
        super(faults.size() + " fault(s) in the configuration: " + String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
