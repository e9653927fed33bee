package io.tollkeeper.protocol;

/** How a charge is paid. */
public enum PaymentMethod {
    /** From the agreement's deposit in the vault. */
    DEPOSIT(1),
    /** Pulled from the payer's account by an allowance; not yet served. */
    ALLOWANCE(2),
    /** By an authorised gateway outside the chain; not yet served. */
    EXTERNAL(3);

    private final int code;

    PaymentMethod(int code) {
        this.code = code;
    }

    /** The byte in a plan's methods. */
    public int code() {
        return code;
    }
}
