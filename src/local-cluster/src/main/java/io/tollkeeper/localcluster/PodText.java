package io.tollkeeper.localcluster;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two rewritings of the text in a pod's environment and arguments. */
final class PodText {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([A-Za-z_][A-Za-z0-9_.-]*)\\)");

    private PodText() {}

    /** Replaces {@code $(NAME)} by the variable's value, as Kubernetes does; an unknown name stays as it is. */
    static String expand(String text, Map<String, String> variables) {
        return REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(1) == null ? "$" : variables.getOrDefault(match.group(1), match.group())));
    }

    /**
     * Replaces each mount path, where it stands as a whole path or as the beginning of one, by its place under
     * {@code root}.
     */
    static String relocate(String text, List<String> mountPaths, Path root) {
        var paths = mountPaths.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .toList();
        if (paths.isEmpty()) {
            return text;
        }
        var pattern =
                Pattern.compile("(?:(?<![\\w./-])|(?<=file://))(" + String.join("|", paths) + ")(?=$|[/:,;\\s\"'])");
        return pattern.matcher(text).replaceAll(match -> Matcher.quoteReplacement(root + match.group(1)));
    }
}
