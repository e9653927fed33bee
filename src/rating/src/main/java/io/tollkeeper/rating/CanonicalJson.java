package io.tollkeeper.rating;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * One form in bytes for each JSON value: no white space, members sorted by name, UTF-8. It is the JSON Canonicalization
 * Scheme (RFC 8785) for documents whose numbers are all whole and within ±(2^53-1); it refuses other numbers, so that no
 * reader's floating point comes into a hash.
 */
public final class CanonicalJson {
    private static final long LARGEST_WHOLE = (1L << 53) - 1;

    private CanonicalJson() {}

    /** The value's canonical bytes; {@link IllegalArgumentException} when it has none. */
    public static byte[] encode(JsonNode value) {
        StringBuilder out = new StringBuilder();
        append(value, out);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(JsonNode value, StringBuilder out) {
        switch (value.getNodeType()) {
            case OBJECT -> appendObject(value, out);
            case ARRAY -> {
                out.append('[');
                for (int i = 0; i < value.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    append(value.get(i), out);
                }
                out.append(']');
            }
            case STRING -> appendString(value.textValue(), out);
            case NUMBER -> {
                if (!isWhole(value)) {
                    throw new IllegalArgumentException(
                            "expected whole numbers within ±(2^53-1), others as strings, got " + value);
                }
                out.append(value.longValue());
            }
            case BOOLEAN, NULL -> out.append(value.asText());
            case MISSING, BINARY, POJO ->
                throw new IllegalArgumentException("expected a JSON value, got " + value.getNodeType());
        }
    }

    /** Whether a number has one canonical form here. */
    static boolean isWhole(JsonNode number) {
        return number.isIntegralNumber()
                && number.canConvertToLong()
                && Math.abs(number.longValue()) <= LARGEST_WHOLE
                && number.longValue() != Long.MIN_VALUE;
    }

    private static void appendObject(JsonNode object, StringBuilder out) {
        TreeMap<String, JsonNode> members = new TreeMap<>();
        object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        out.append('{');
        String separator = "";
        for (var member : members.entrySet()) {
            out.append(separator);
            appendString(member.getKey(), out);
            out.append(':');
            append(member.getValue(), out);
            separator = ",";
        }
        out.append('}');
    }

    /** RFC 8785 section 3.2.2.2: short escapes where there are some, \\u00xx for other controls, the rest as it is. */
    private static void appendString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else if (Character.isSurrogate(c) && !isPaired(text, i)) {
                        throw new IllegalArgumentException("expected text, got half a surrogate pair in a string");
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
