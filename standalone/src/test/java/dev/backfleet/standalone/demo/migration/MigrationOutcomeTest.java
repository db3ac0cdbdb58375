package dev.backfleet.standalone.demo.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a demo of a migration calls clean, and what it tells otherwise. */
class MigrationOutcomeTest {
    private static final MigrationOutcome.Rows ROWS =
            new MigrationOutcome.Rows(1000, 0, 0, "id, tenant_id, first_name, last_name");

    @Test
    void it_is_clean_if_the_application_has_not_noticed_and_the_column_is_gone() {
        var outcome = outcome(traffic(0, 0), ROWS);

        assertThat(outcome.clean()).isTrue();
        assertThat(String.join("\n", outcome.lines()))
                .startsWith("The column full_name is gone")
                .contains(
                        "reads                2,000, 0 of them wrong",
                        "errors               0",
                        "held the application up for at most 30 ms");
    }

    @Test
    void an_error_a_wrong_read_a_wrong_row_or_a_column_that_is_still_there_is_told() {
        assertThat(outcome(traffic(1, 0), ROWS).clean()).isFalse();
        assertThat(outcome(traffic(0, 1), ROWS).clean()).isFalse();
        assertThat(outcome(traffic(0, 0), new MigrationOutcome.Rows(1000, 1, 0, "id"))
                        .clean())
                .isFalse();
        assertThat(outcome(traffic(0, 0), new MigrationOutcome.Rows(1000, 0, 1, "id"))
                        .clean())
                .isFalse();
        assertThat(outcome(traffic(0, 0), new MigrationOutcome.Rows(1000, 0, 0, "id, full_name"))
                        .clean())
                .isFalse();
        assertThat(outcome(traffic(1, 0), ROWS).lines()).first().asString().startsWith("THE CHECK FAILED");
        assertThat(outcome(traffic(1, 0), ROWS).lines()).contains("  old: cannot be reached");
    }

    @Test
    void each_row_is_compared_with_what_was_written_last_or_was_there_at_the_beginning() {
        var check = new NameCheck(new HashMap<>(Map.of(1L, "Grace Hopper", 2L, "Ada Lovelace", 9L, "Rosa Rao")));
        check.accept(1, "Grace Hopper", "Olga Petrova");
        check.accept(2, "Olga Petrova", "Olga Petrova");
        check.accept(3, "Mei Wei", "Mei Wei");
        check.accept(4, "Mei", "Mei Wei");

        assertThat(check.rows()).isEqualTo(4);
        assertThat(check.wrong()).as("2 was lost, 4 was changed, 9 is gone").isEqualTo(3);
    }

    private static MigrationOutcome outcome(Traffic.Totals traffic, MigrationOutcome.Rows rows) {
        return new MigrationOutcome(
                traffic,
                rows,
                new MigrationOutcome.Times(Duration.ofSeconds(60), Duration.ofMillis(12), Duration.ofMillis(30)),
                "nobody was killed");
    }

    private static Traffic.Totals traffic(int errors, int wrong) {
        return new Traffic.Totals(
                2000,
                1000,
                errors,
                wrong,
                Duration.ofMillis(45),
                errors == 0 ? Set.of() : Set.of("old: cannot be reached"));
    }
}
