package io.tollkeeper.localcluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTextTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            # text, what it becomes with /etc/a and /etc/a/b mounted
            /etc/a, /R/etc/a
            /etc/a/file, /R/etc/a/file
            /etc/a/b/file, /R/etc/a/b/file
            --dir=/etc/a, --dir=/R/etc/a
            file:///etc/a/x, file:///R/etc/a/x
            /etc/a:/etc/a/b, /R/etc/a:/R/etc/a/b
            /etc/abc, /etc/abc
            /srv/etc/a, /srv/etc/a
            http://host/etc/a, http://host/etc/a
            """)
    void mountPathsMoveUnderTheRootOfTheirContainer(String text, String moved) {
        assertThat(PodText.relocate(text, List.of("/etc/a", "/etc/a/b"), Path.of("/R")))
                .isEqualTo(moved);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # text, with A=1 known
            $(A), 1
            x$(A)y, x1y
            $(B), $(B)
            $$(A), $(A)
            $A, $A
            """)
    void variablesExpandAsInKubernetes(String text, String expanded) {
        assertThat(PodText.expand(text, Map.of("A", "1"))).isEqualTo(expanded);
    }
}
