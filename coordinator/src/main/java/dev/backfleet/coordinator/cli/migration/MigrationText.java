package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.migration.status.ChecklistLine;
import dev.backfleet.coordinator.migration.status.MigrationDetail;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The status of migrations as text. */
final class MigrationText {
    private MigrationText() {}

    /** All migrations as a table. */
    static String list(List<MigrationStatus> migrations, Instant now) {
        if (migrations.isEmpty()) {
            return "no migration was applied yet\n";
        }
        var table = new TextTable(
                TextTable.right("ID"),
                TextTable.left("NAME"),
                TextTable.left("TABLE"),
                TextTable.left("STATE"),
                TextTable.left("SINCE"),
                TextTable.right("JOB"),
                TextTable.left("WAITS FOR"));
        migrations.forEach(migration -> table.row(
                migration.id(),
                migration.name(),
                migration.table(),
                migration.state(),
                HumanTime.ago(migration.stateAt(), now),
                migration.job(),
                migration.waits()));
        return table.render();
    }

    /** One migration with its steps. */
    static String one(MigrationDetail detail, Instant now) {
        var migration = detail.migration();
        var text = new StringBuilder(migration.name() + " (id " + migration.id() + ") " + migration.state() + " since "
                + HumanTime.ago(migration.stateAt(), now) + ", table " + migration.table() + "\n");
        text.append(migration.state().meaning()).append('\n');
        if (migration.problem() != null) {
            text.append("PROBLEM: the sync is no longer as it was made: ")
                    .append(migration.problem())
                    .append('\n');
        }
        now(text, detail, now);
        reads(text, migration, now);
        text.append('\n');
        var table = new TextTable(
                TextTable.left("STEP"),
                TextTable.left("STATE"),
                TextTable.right("REQUESTS"),
                TextTable.right("WAITED"),
                TextTable.right("HELD UP"),
                TextTable.right("LONGEST"),
                TextTable.left("BY"));
        migration.steps().forEach(step -> row(table, step));
        text.append(table.render());
        migration.steps().forEach(step -> remarks(text, step));
        return text.toString();
    }

    // What happens at this moment, and what is waited for.
    private static void now(StringBuilder text, MigrationDetail detail, Instant now) {
        var migration = detail.migration();
        var waitsFor = detail.waits();
        if (waitsFor != null) {
            text.append("waits for: ").append(waitsFor);
            var since = migration.waitsSince();
            if (since != null && migration.appliedBy() != null) {
                text.append(", since ").append(HumanTime.ago(since, now));
            }
            text.append('\n');
        }
        if (migration.appliedBy() != null) {
            text.append("'backfleet migration apply' is at work, server process ")
                    .append(migration.appliedBy())
                    .append('\n');
        }
        detail.work()
                .forEach(work ->
                        text.append("now: ").append(work.wordsWithTime()).append('\n'));
        var interrupted = detail.interrupted();
        if (interrupted != null) {
            text.append(interrupted.step())
                    .append(" was begun by a command that has ended, and no session goes on with it\n");
        }
        if (!detail.left().isEmpty()) {
            text.append("left in the table, since others have made it: ")
                    .append(String.join(", ", detail.left()))
                    .append('\n');
        }
        if (detail.next() != null) {
            text.append("next: ").append(detail.next()).append('\n');
        }
        if (detail.gate() != null) {
            text.append("rows: ").append(rows(detail.gate())).append('\n');
            detail.gate()
                    .notes()
                    .forEach(note -> text.append("note: ").append(note).append('\n'));
        }
    }

    private static void reads(StringBuilder text, MigrationStatus migration, Instant now) {
        var flag = migration.flag();
        if (flag != null) {
            text.append("reads of the new shape: ").append(flag.words());
            // The reason of a watch that has taken reads back is its problem.
            var told = migration.watch() != null && migration.watch().problem() != null && ShowWatch.takenBack(flag);
            if (flag.reason() != null && !told) {
                text.append(" (")
                        .append(flag.reason())
                        .append(", ")
                        .append(flag.changedBy())
                        .append(')');
            }
            text.append('\n');
        }
        var watch = migration.watch();
        if (watch != null) {
            text.append(WatchText.of(watch, migration, now));
        }
        if (migration.job() != null) {
            text.append("job: ")
                    .append(migration.job())
                    .append(", see 'backfleet status ")
                    .append(migration.job())
                    .append("'\n");
        }
    }

    private static String rows(GateAnswer gate) {
        var pass = gate.pass();
        return gate.verdict()
                + (pass == null
                        ? ""
                        : ", compared by job " + pass.id() + ", which ended "
                                + HumanText.elapsed(Duration.ofSeconds((long) pass.ageSeconds())) + " ago")
                + (gate.reasons().isEmpty() ? "" : ": " + String.join("; ", gate.reasons()));
    }

    /** The checklist with ticks. */
    static String checklist(MigrationDetail detail) {
        var text = new StringBuilder("\nCHECKLIST  [x] done, [ ] open, [?] a person's decision\n");
        var section = "";
        for (var line : detail.checklist()) {
            if (!line.section().equals(section)) {
                section = line.section();
                text.append(section).append('\n');
            }
            text.append(
                    switch (line.mark()) {
                        case DONE -> "  [x] ";
                        case OPEN -> "  [ ] ";
                        case PERSON -> "  [?] ";
                    });
            text.append(line.question());
            if (line.mark() != ChecklistLine.Mark.PERSON) {
                text.append("  ").append(line.says());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static void row(TextTable table, StepStatus step) {
        table.row(
                step.step(),
                step.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                step.requests() == 0 ? null : step.requests(),
                step.state() == StepState.OPEN || step.state() == StepState.FOUND_DONE ? null : millis(step.waitedMs()),
                step.requests() == 0 ? null : millis(step.heldUpMs()),
                step.requests() == 0 ? null : millis(step.longestHeldUpMs()),
                step.doneBy());
    }

    private static void remarks(StringBuilder text, StepStatus step) {
        if (step.state() == StepState.RUNNING && step.blockers() != null) {
            text.append('\n').append(step.step()).append(" was last held up by\n");
            step.blockers()
                    .lines()
                    .forEach(line -> text.append("  ").append(line).append('\n'));
        }
        if (step.state() == StepState.FAILED) {
            text.append('\n')
                    .append(step.step())
                    .append(" failed: ")
                    .append(step.failure())
                    .append('\n');
        }
    }

    private static String millis(long millis) {
        return millis < 10_000 ? HumanText.number(millis) + " ms" : HumanText.elapsed(Duration.ofMillis(millis));
    }
}
