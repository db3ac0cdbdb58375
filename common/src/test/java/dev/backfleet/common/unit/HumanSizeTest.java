package dev.backfleet.common.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Amounts of data as people write them. */
class HumanSizeTest {

    @ParameterizedTest
    @CsvSource({"512kB, 524288", "20MB, 20971520", "1GB, 1073741824", "7B, 7"})
    void a_number_and_a_unit_are_read_and_written_alike(String text, long bytes) {
        assertThat(HumanSize.parse(text)).isEqualTo(bytes);
        assertThat(HumanSize.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20", "20 MB", "20mb", "-1MB", "1.5MB", "1TB"})
    void anything_else_is_rejected(String text) {
        assertThatThrownBy(() -> HumanSize.parse(text)).isInstanceOf(BadTextException.class);
    }
}
