package dev.backfleet.coordinator.migration.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.status.ChecklistLine.Mark;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checklist in the status is the one on its page, and ticks what is done. */
class ChecklistTest {

    @Test
    void its_questions_are_those_of_the_page() throws IOException {
        var section = "";
        var page = new ArrayList<String>();
        for (var line : Files.readAllLines(Path.of("../docs/checklist.md"))) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| ") && !line.startsWith("| question ")) {
                page.add(section + ": " + line.split(" \\| ", -1)[0].substring(2));
            }
        }
        assertThat(lines(MigrationState.PLANNED, null))
                .extracting(line -> line.section() + ": " + line.question())
                .containsExactlyElementsOf(page);
    }

    @Test
    void nothing_that_lies_ahead_is_ticked() {
        assertThat(done(MigrationState.PLANNED, null))
                .containsExactly(
                        "Which statements run, and which locks do they take?",
                        "Is there a way back at each step?",
                        "Can it be stopped at once?",
                        "Back, now?");
        assertThat(done(MigrationState.SYNCED, null))
                .contains("Does every write fill both shapes?")
                .doesNotContain("How far is it, and what holds it back?", "Is every row right?");
    }

    @Test
    void rows_are_ticked_by_the_gate_as_it_is_now() {
        assertThat(done(MigrationState.READY, GateVerdict.SAFE))
                .contains(
                        "Is every row right?",
                        "Is the proof young enough?",
                        "Does the new shape follow from each old row?");
        assertThat(done(MigrationState.READY, GateVerdict.INCOMPLETE))
                .doesNotContain("Is every row right?", "For this tenant?", "Is the proof young enough?");
        assertThat(lines(MigrationState.READY, GateVerdict.DRIFT))
                .filteredOn(line -> line.question().equals("Is every row right?"))
                .singleElement()
                .satisfies(line -> assertThat(line.says()).isEqualTo("DRIFT: because"));
    }

    @Test
    void a_tenant_that_is_held_back_keeps_the_old_shape_in_use() {
        assertThat(done(MigrationState.CUT, GateVerdict.SAFE))
                .contains("Do all tenants read the new shape, and for how long?");
        var held = new FlagState("m", true, BigDecimal.valueOf(100), Map.of("7", false), 1, Instant.EPOCH, "ann", null);
        assertThat(Checklist.of(status(MigrationState.CUT, held, null), null, false))
                .filteredOn(line -> line.question().startsWith("Do all tenants"))
                .singleElement()
                .satisfies(line -> assertThat(line.mark()).isEqualTo(Mark.OPEN));
        assertThat(Checklist.of(status(MigrationState.CUT, held, "a trigger is missing"), null, false))
                .filteredOn(line -> line.question().equals("Does every write fill both shapes?"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.mark()).isEqualTo(Mark.OPEN);
                    assertThat(line.says()).isEqualTo("a trigger is missing");
                });
        assertThat(lines(MigrationState.ABORTED, GateVerdict.SAFE))
                .as("given up")
                .filteredOn(line -> line.question().equals("Does every write fill both shapes?"))
                .allSatisfy(line -> assertThat(line.mark()).isEqualTo(Mark.OPEN));
    }

    @Test
    void what_was_proven_before_the_drop_is_not_open_after_it() {
        assertThat(done(MigrationState.CONTRACTED, null))
                .contains("Is every row right?", "For this tenant?", "Does the new shape follow from each old row?");
        assertThat(done(MigrationState.ABORTED, null)).doesNotContain("Is every row right?");
    }

    @Test
    void nobody_has_copied_the_grants_to_another_table() {
        var flag = new FlagState("m", true, BigDecimal.valueOf(100), Map.of(), 1, Instant.EPOCH, "ann", null);
        for (var copies : List.of(false, true)) {
            assertThat(Checklist.of(status(MigrationState.READY, flag, null), null, copies))
                    .filteredOn(line -> line.question().startsWith("May every role"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.mark()).isEqualTo(copies ? Mark.PERSON : Mark.DONE));
        }
    }

    private static List<String> done(MigrationState state, @Nullable GateVerdict verdict) {
        return lines(state, verdict).stream()
                .filter(line -> line.mark() == Mark.DONE)
                .map(ChecklistLine::question)
                .toList();
    }

    private static List<ChecklistLine> lines(MigrationState state, @Nullable GateVerdict verdict) {
        var flag = new FlagState("m", true, BigDecimal.valueOf(100), Map.of(), 1, Instant.EPOCH, "ann", null);
        return Checklist.of(
                status(state, flag, null),
                verdict == null
                        ? null
                        : new GateAnswer(10, "m", null, verdict, List.of("because"), List.of(), null, null),
                false);
    }

    private static MigrationStatus status(MigrationState state, FlagState flag, @Nullable String problem) {
        var step = new StepStatus(
                "finish.index.i",
                "FINISH",
                "builds",
                state.compareTo(MigrationState.FINISHED) >= 0 ? StepState.DONE : StepState.OPEN,
                0,
                0,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                null);
        return new MigrationStatus(
                1,
                "m",
                "public.t",
                state,
                Instant.EPOCH,
                null,
                null,
                null,
                problem,
                flag,
                10L,
                Instant.EPOCH,
                "ann",
                List.of(step),
                null,
                null);
    }
}
