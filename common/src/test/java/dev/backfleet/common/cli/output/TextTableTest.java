package dev.backfleet.common.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tables on screens of different widths. */
class TextTableTest {
    private final TextTable table = new TextTable(
                    TextTable.right("ID"),
                    TextTable.left("NAME"),
                    TextTable.right("ROWS").whereRoom(),
                    TextTable.right("ETA"),
                    TextTable.left("SUBMITTED").whereRoom())
            .row(7, "names", "1,000", "1m 05s", "2026-11-21");

    @Test
    void what_does_not_fit_is_left_out_from_the_right_and_what_is_needed_stays() {
        assertThat(table.render()).isEqualTo(table.render(37)).isEqualTo("""
                ID  NAME    ROWS     ETA  SUBMITTED
                 7  names  1,000  1m 05s  2026-11-21
                """);
        assertThat(table.render(36)).as("as wide as the screen").isEqualTo(table.render());
        assertThat(table.render(35)).isEqualTo(table.render(24)).isEqualTo("""
                ID  NAME    ROWS     ETA
                 7  names  1,000  1m 05s
                """);
        assertThat(table.render(23)).isEqualTo(table.render(1)).isEqualTo("""
                ID  NAME      ETA
                 7  names  1m 05s
                """);
    }
}
