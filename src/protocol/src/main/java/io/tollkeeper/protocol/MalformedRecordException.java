package io.tollkeeper.protocol;

/** Bytes that are not a record (or not rows of records): what was expected, and what came. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String actual;

    MalformedRecordException(String expected, String actual) {
        super("expected " + expected + ", got " + actual);
        this.expected = expected;
        this.actual = actual;
    }

    /** From a value type's refusal, whose message reads "expected …, got …". */
    static MalformedRecordException from(IllegalArgumentException refused) {
        String message = String.valueOf(refused.getMessage());
        int comma = message.lastIndexOf(", got ");
        return message.startsWith("expected ") && comma >= 0
                ? new MalformedRecordException(
                        message.substring("expected ".length(), comma), message.substring(comma + ", got ".length()))
                : new MalformedRecordException("a record within its ranges", message);
    }

    /** The rule, without a leading "expected". */
    public String expected() {
        return expected;
    }

    /** What came, without a leading "got". */
    public String actual() {
        return actual;
    }
}
