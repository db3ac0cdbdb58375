package dev.backfleet.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about errors says what the code does, for every class of SQLSTATEs. */
class ErrorReferenceTest {
    private static final List<String> CLASSES = List.of(
            "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22", "23", "24", "25",
            "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55",
            "57", "58", "72", "F0", "HV", "P0", "XX");

    @Test
    void the_page_is_what_the_code_does() {
        GeneratedPage.assertCurrent("docs/reference/errors.md", ErrorReference.markdown());
    }

    @Test
    void every_class_of_the_manual_is_on_it() {
        assertThat(ErrorReference.ENTRIES.stream().map(entry -> entry.code()).collect(Collectors.toSet()))
                .containsAll(CLASSES);
    }

    @Test
    void whatever_a_function_raises_is_the_rows() {
        assertThat(ErrorReference.ENTRIES)
                .allSatisfy(entry -> assertThat(SqlStates.kind(entry.error(ErrorOrigin.RAISED)))
                        .isEqualTo(ErrorKind.REFUSED_ROW));
    }
}
