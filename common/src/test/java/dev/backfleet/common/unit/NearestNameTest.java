package dev.backfleet.common.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A misspelt name is answered by the one that was probably meant, or by none. */
class NearestNameTest {
    private static final List<String> NAMES = List.of("id", "age_int", "age_text", "customer_number");

    @ParameterizedTest
    @CsvSource({
        "age_itn, age_int",
        "age_integer, age_int",
        "customer, customer_number",
        "age,",
        "id_number,",
        "color,",
    })
    void the_nearest_name_is_found_unless_several_fit_as_well(String written, String meant) {
        assertThat(NearestName.of(written, NAMES).orElse(null)).isEqualTo(meant);
    }
}
