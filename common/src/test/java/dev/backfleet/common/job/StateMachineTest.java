package dev.backfleet.common.job;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The states and moves of jobs and shards: the documents and the control schema say what the code says. */
class StateMachineTest {

    @Test
    void the_page_matches_the_code() {
        var page = """
                # States of jobs and shards

                Generated from `JobState` and `ShardState`; a test fails when the page is out of date. The control schema repeats the names in
                CHECK constraints, and every change of state is an update that checks the previous state.

                ## Jobs

                %s
                ## Shards

                %s""".formatted(
                        section(JobState.values(), JobState.edges(), JobState::meaning, JobState::isTerminal),
                        section(ShardState.values(), ShardState.edges(), ShardState::meaning, ShardState::isTerminal));
        GeneratedPage.assertCurrent("docs/state-machine.md", page);
    }

    @Test
    void no_transition_is_listed_twice_and_every_state_can_be_reached() {
        assertSound(JobState.values(), JobState.edges());
        assertSound(ShardState.values(), ShardState.edges());
    }

    @Test
    void next_follows_the_edges() {
        assertThat(JobState.HALTED.next())
                .containsExactlyInAnyOrder(JobState.RUNNING, JobState.PLANNING, JobState.CANCELLING);
        assertThat(JobState.PAUSED.mayBecome(JobState.SUCCEEDED)).isFalse();
        assertThat(Stream.of(JobState.values()).filter(JobState::isTerminal))
                .containsExactly(JobState.CANCELLED, JobState.SUCCEEDED, JobState.FAILED);
        assertThat(ShardState.PENDING.next()).doesNotContain(ShardState.RUNNING);
        assertThat(Stream.of(ShardState.values()).filter(ShardState::isTerminal))
                .containsExactly(ShardState.DONE, ShardState.FAILED);
    }

    @Test
    void the_schema_knows_exactly_these_states() throws IOException {
        var ddl = schema();
        assertThat(names(ddl, "job_state_known")).containsExactlyInAnyOrderElementsOf(namesOf(JobState.values()));
        assertThat(names(ddl, "shard_state_known")).containsExactlyInAnyOrderElementsOf(namesOf(ShardState.values()));
        var over = Stream.of(JobState.values()).filter(JobState::isTerminal).toArray(JobState[]::new);
        assertThat(names(ddl, "job_finished_iff_terminal")).containsExactlyInAnyOrderElementsOf(namesOf(over));
        assertThat(names(ddl, "index job_name_in_use")).containsExactlyInAnyOrderElementsOf(namesOf(over));
    }

    private static <S extends Enum<S>> void assertSound(S[] states, List<Edge<S>> edges) {
        assertThat(edges.stream().map(edge -> edge.from() + "-" + edge.to())).doesNotHaveDuplicates();
        assertThat(edges).allSatisfy(edge -> assertThat(edge.from()).isNotEqualTo(edge.to()));
        assertThat(Stream.of(states).skip(1))
                .allSatisfy(state -> assertThat(edges).anyMatch(edge -> edge.to() == state));
    }

    private static <S extends Enum<S>> String section(
            S[] states, List<Edge<S>> edges, Function<S, String> meaning, Predicate<S> terminal) {
        var table = Stream.of(states)
                .map(state -> "| `%s` | %s |\n".formatted(state, meaning.apply(state)))
                .collect(joining());
        var moves = edges.stream()
                .map(edge -> "| `%s` | `%s` | %s |\n".formatted(edge.from(), edge.to(), edge.when()))
                .collect(joining());
        var diagram = edges.stream()
                .map(edge -> "    %s --> %s\n".formatted(edge.from(), edge.to()))
                .collect(joining());
        var ends = Stream.of(states)
                .filter(terminal)
                .map(state -> "    %s --> [*]\n".formatted(state))
                .collect(joining());
        return "```mermaid\nstateDiagram-v2\n    [*] --> %s\n%s%s```\n\n| state | meaning |\n|---|---|\n%s\n"
                        .formatted(states[0], diagram, ends, table)
                + "| from | to | when |\n|---|---|---|\n" + moves;
    }

    private static <S extends Enum<S>> List<String> namesOf(S[] states) {
        return Stream.of(states).map(Enum::name).toList();
    }

    /** The quoted names in the statement's part that begins with a name and ends its list. */
    private static List<String> names(String ddl, String begin) {
        var from = ddl.indexOf(begin);
        assertThat(from).as(begin).isPositive();
        var end = Pattern.compile("'\\)").matcher(ddl);
        assertThat(end.find(from)).isTrue();
        return Pattern.compile("'([A-Z]+)'")
                .matcher(ddl.substring(from, end.end()))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String schema() throws IOException {
        try (var ddl = JobState.class.getResourceAsStream("/dev/backfleet/common/schema/V1__control_schema.sql")) {
            if (ddl == null) {
                throw new IllegalStateException("the control schema is missing");
            }
            return new String(ddl.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
