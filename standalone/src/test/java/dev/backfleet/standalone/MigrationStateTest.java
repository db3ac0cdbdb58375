package dev.backfleet.standalone;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The states of a migration: the page and the control schema say what the code says. */
class MigrationStateTest {

    @Test
    void the_page_matches_the_code() {
        var edges = MigrationState.edges();
        var diagram = edges.stream()
                .map(edge -> "    %s --> %s\n".formatted(edge.from(), edge.to()))
                .collect(joining());
        var states = Stream.of(MigrationState.values())
                .map(state -> "| `%s` | %s |\n".formatted(state, state.meaning()))
                .collect(joining());
        var moves = edges.stream()
                .map(edge -> "| `%s` | `%s` | %s |\n".formatted(edge.from(), edge.to(), edge.when()))
                .collect(joining());
        GeneratedPage.assertCurrent(
                "docs/migration-states.md", """
                # States of a migration

                Generated from `MigrationState`; a test fails when the page is out of date. Every change of state is an update that checks the
                previous state, with an entry in the audit. What each state is for: [migrations](migrations.md).

                ```mermaid
                stateDiagram-v2
                    [*] --> %s
                %s    CONTRACTED --> [*]
                    ABORTED --> [*]
                ```

                | state | meaning |
                |---|---|
                %s
                | from | to | when |
                |---|---|---|
                %s""".formatted(MigrationState.PLANNED, diagram, states, moves));
    }

    @Test
    void every_state_can_be_reached_and_no_transition_is_listed_twice() {
        assertThat(MigrationState.edges().stream().map(edge -> edge.from() + "-" + edge.to()))
                .doesNotHaveDuplicates();
        assertThat(Stream.of(MigrationState.values()).skip(1))
                .allSatisfy(state -> assertThat(MigrationState.edges()).anyMatch(edge -> edge.to() == state));
    }

    @Test
    void the_schema_knows_exactly_these_names() throws IOException {
        assertThat(names("V24__contract.sql", "migration_state_known"))
                .containsExactlyElementsOf(namesOf(MigrationState.values()));
        assertThat(names("V20__migrations.sql", "migration_step_state_known"))
                .containsExactlyElementsOf(namesOf(StepState.values()));
        assertThat(names("V24__contract.sql", "migration_step_phase_known"))
                .containsExactlyElementsOf(namesOf(Phase.values()));
    }

    private static <S extends Enum<S>> List<String> namesOf(S[] values) {
        return Stream.of(values).map(Enum::name).toList();
    }

    private static List<String> names(String script, String constraint) throws IOException {
        try (var sql = MigrationStateTest.class.getResourceAsStream("/dev/backfleet/common/schema/" + script)) {
            assertThat(sql).isNotNull();
            var text = new String(sql.readAllBytes(), StandardCharsets.UTF_8);
            var list = Pattern.compile("constraint " + constraint + " check \\(\\w+ in\\s*\\(([^)]*)\\)")
                    .matcher(text);
            assertThat(list.find()).as(constraint).isTrue();
            return Pattern.compile("'([A-Z_]+)'")
                    .matcher(list.group(1))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        }
    }
}
