package dev.backfleet.coordinator.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** An age is a duration, or a number of days or weeks. */
class AgeConverterTest {
    @ParameterizedTest
    @CsvSource({"12h, PT12H", "7d, P7D", "1w, P7D", "4w, P28D", "0d, PT0S"})
    void hours_days_and_weeks_are_read(String text, Duration age) {
        assertThat(new AgeConverter().convert(text)).isEqualTo(age);
    }

    @Test
    void anything_else_is_answered_by_what_can_be_written() {
        assertThatThrownBy(() -> new AgeConverter().convert("1y"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'1y' is not an age; write 12h, 30d or 4w");
    }
}
