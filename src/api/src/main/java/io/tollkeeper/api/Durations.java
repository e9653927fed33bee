package io.tollkeeper.api;

import java.time.Duration;
import java.util.regex.Matcher;

/** Durations as people write them in a BillingNode and in a node's environment: a number and a unit. */
public final class Durations {
    /** What the schema accepts: the subset of CEL's durations with one number and one unit. */
    public static final String PATTERN = "^[0-9]{1,6}(ms|s|m|h)$";

    private static final java.util.regex.Pattern TEXT = java.util.regex.Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

    private Durations() {}

    /**
     * Reads {@code 250ms}, {@code 10s}, {@code 5m} or {@code 168h}.
     *
     * @throws IllegalArgumentException if {@code text} is none of these
     */
    public static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a duration such as 250ms, 10s, 5m or 168h, got \"" + text + "\"");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
