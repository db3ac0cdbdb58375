package dev.backfleet.coordinator.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.cli.migration.FlagsCommand.FlagFormat;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** What {@code backfleet migration flags} prints. */
class FlagsCommandTest {
    @Test
    void a_table_says_in_words_who_reads_the_new_shape() {
        var flag = new FlagState(
                "split-names", true, new BigDecimal("5.00"), Map.of("7", true), 12, Instant.EPOCH, "ada", "step 2");
        assertThat(FlagsCommand.table(List.of(flag), Instant.EPOCH.plusSeconds(90))
                        .lines())
                .satisfiesExactly(head -> assertThat(head).startsWith("FLAG"), row -> assertThat(row)
                        .contains("split-names", "ON, 5 %, with 1 tenant by name", "ada", "12", "step 2"));
    }

    @Test
    void without_flags_it_says_what_makes_one() {
        assertThat(FlagsCommand.table(List.of(), Instant.EPOCH)).contains("backfleet migration apply");
    }

    @ParameterizedTest
    @CsvSource({"table, TABLE", "json, JSON", "flagd, FLAGD"})
    void a_format_is_written_in_lower_case(String text, FlagFormat format) {
        assertThat(new FlagFormat.Converter().convert(text)).isEqualTo(format);
    }

    @Test
    void another_format_is_rejected_with_those_that_there_are() {
        assertThatThrownBy(() -> new FlagFormat.Converter().convert("yaml"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'yaml' is not known; write table, json or flagd");
    }
}
