package io.tollkeeper.cli;

/**
 * One rule that an input breaks.
 *
 * @param path where, for example {@code chain.endpoints[1]}
 */
record Fault(Rule rule, String path, String expected, String actual) {
    /** What the command asks of its files and arguments. Numbers are never used for anything else again. */
    enum Rule {
        FILE_UNREADABLE(1),
        SYNTAX(2),
        FIELD_UNKNOWN(3),
        FIELD_MISSING(4),
        VALUE_WRONG(5),
        /** A plan document breaks a rule of its own format. */
        PLAN_WRONG(6),
        /** A meter, tariff or key does not fit the other files. */
        MISMATCH(7),
        /** The machine does not have what is to be measured. */
        SOURCE_UNREADABLE(8);

        private final int number;

        Rule(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** A fault that another format words as "expected …, got …". */
    static Fault worded(Rule rule, String path, String text) {
        var parts = text.split(", got ", 2);
        var expected = parts[0].startsWith("expected ") ? parts[0].substring("expected ".length()) : parts[0];
        return new Fault(rule, path, expected, parts.length > 1 ? parts[1] : "something else");
    }

    @Override
    public String toString() {
        return "%s (%d) at %s: expected %s, actual %s".formatted(rule, rule.number(), path, expected, actual);
    }
}
