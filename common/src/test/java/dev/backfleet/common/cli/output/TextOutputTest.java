package dev.backfleet.common.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.unit.HumanText;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands print, to the character. */
class TextOutputTest {

    @Test
    void a_table_aligns_text_to_the_left_and_numbers_to_the_right() {
        var table = new TextTable(TextTable.left("NAME"), TextTable.right("ROWS"), TextTable.left("STATE"))
                .row("split-names", HumanText.number(1_234_567), "RUNNING")
                .row("höher", 5, null)
                .row("a\nb\u001b[2J", 0, "");

        assertThat(table.render()).isEqualTo("""
                        NAME              ROWS  STATE
                        split-names  1,234,567  RUNNING
                        höher                5  -
                        a?b?[2J              0
                        """);
    }

    @Test
    void an_empty_table_still_has_its_headers() {
        assertThat(new TextTable(TextTable.left("A"), TextTable.right("B")).render())
                .isEqualTo("A  B\n");
    }

    @Test
    void a_row_has_a_cell_for_each_column() {
        assertThatThrownBy(() -> new TextTable(TextTable.left("A")).row("a", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 cells for 1 columns");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.35S, 350ms",
        "PT1.9S, 1s",
        "PT42S, 42s",
        "PT1M5S, 1m 05s",
        "PT2H3M59S, 2h 03m",
        "PT76H, 3d 04h",
        "PT-65S, -1m 05s"
    })
    void a_time_is_shown_with_its_two_largest_units(Duration duration, String text) {
        assertThat(HumanText.elapsed(duration)).isEqualTo(text);
    }

    /** A bit of everything. */
    record Sample(
            long id,
            String name,
            Instant at,
            @Nullable Instant finishedAt,
            List<Integer> list,
            Map<String, Object> map,
            List<String> none) {}

    @Test
    void json_has_a_stable_order_and_iso_instants_and_every_key() {
        var map = Map.<String, Object>of("b", 1, "a", Map.of(), "c", Duration.ofSeconds(65));
        var sample = new Sample(
                1, "n", Instant.parse("2026-01-02T03:04:05.006Z"), null, Arrays.asList(1, 2), map, List.of());

        assertThat(JsonOutput.render(sample)).isEqualTo("""
                        {
                          "id": 1,
                          "name": "n",
                          "at": "2026-01-02T03:04:05.006Z",
                          "finishedAt": null,
                          "list": [
                            1,
                            2
                          ],
                          "map": {
                            "a": {},
                            "b": 1,
                            "c": "PT1M5S"
                          },
                          "none": []
                        }
                        """);
    }
}
