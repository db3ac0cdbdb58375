package dev.backfleet.coordinator.migration.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.SpecException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes in the file of a migration, and the complete message of each. */
class MigrationProblemsTest {

    /** A case per paragraph: a file, in which {@code ...} is four lines that are right, and what is said of it. */
    static Stream<String> problems() throws IOException {
        try (var table = MigrationProblemsTest.class.getResourceAsStream("problems.txt")) {
            if (table == null) {
                throw new IllegalStateException("problems.txt is missing");
            }
            return Arrays.stream(new String(table.readAllBytes(), StandardCharsets.UTF_8).split("\n\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void one_message_names_file_line_key_problem_and_remedy(String paragraph) {
        var parts = paragraph.strip().split("\n=> ", 2);
        assertThatThrownBy(() -> MigrationParser.parse("f.yaml", parts[0].replace("...\n", MigrationParserTest.LEAST)))
                .isInstanceOf(SpecException.class)
                .hasMessage("f.yaml" + parts[1]);
    }
}
