package io.tollkeeper.protocol;

/** What lets the contract collect; a bit each. */
public enum PaymentCondition {
    /** The client signed off. */
    STOP(1),
    /** No record for {@code offlineAfter}; holds in every plan, named in its mask or not. */
    OFFLINE(2),
    /** The record reaches a period's boundary. */
    TIME(4),
    /** The uncollected amount reached the threshold; not yet served. */
    THRESHOLD(8),
    /** What is left of the funds is low; not yet served. */
    LOW_FUNDS(16),
    /** A withdrawal is pending; holds in every plan, named in its mask or not. */
    WITHDRAW(32);

    private final int bit;

    PaymentCondition(int bit) {
        this.bit = bit;
    }

    /** The bit in a plan's condition mask and in the contract's events. */
    public int bit() {
        return bit;
    }
}
