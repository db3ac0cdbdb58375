package dev.backfleet.coordinator.migration.status;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.ChecklistLine.Mark;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checklist of an expand-contract change, docs/checklist.md, with what is done of it. Pure. */
final class Checklist {
    private final MigrationStatus migration;
    private final @Nullable GateAnswer gate;
    private final List<ChecklistLine> lines = new ArrayList<>();
    private final boolean copies;
    private String section = "";

    private Checklist(MigrationStatus migration, @Nullable GateAnswer gate, boolean copies) {
        this.migration = migration;
        this.gate = gate;
        this.copies = copies;
    }

    /**
     * That of a migration, in the order of the page.
     *
     * @param copies whether the new shape is in another table
     */
    static List<ChecklistLine> of(MigrationStatus migration, @Nullable GateAnswer gate, boolean copies) {
        var list = new Checklist(migration, gate, copies);
        list.before();
        list.expandAndSync();
        list.backfill();
        list.finishAndProve();
        list.switchReads();
        list.contract();
        return List.copyOf(list.lines);
    }

    private void before() {
        section = "Before anything is changed";
        check(
                "Which statements run, and which locks do they take?",
                true,
                "'backfleet migration plan', which 'apply' has asked");
        check(
                "Who would be in the way now?",
                allDone(),
                allDone() ? "nobody: all steps are done" : "'backfleet migration plan' names them, for each step");
        check("Does the new shape follow from each old row?", safe(), rows());
        check(
                "How long will the backfill take, and how much will the table grow?",
                reached(MigrationState.FINISHED),
                reached(MigrationState.FINISHED) ? "it has ended" : "'backfleet status' of its job");
        grants("May every role that reads the old columns read the new ones?");
        person("Which replicas, subscriptions and change-data pipelines see the table?");
        check("Is there a way back at each step?", true, "'backfleet migration plan' shows what takes each back");
        person("Who watches, and who may say stop?");
    }

    // Those of the other table are the business of whoever has made it.
    private void grants(String question) {
        if (copies) {
            lines.add(new ChecklistLine(
                    section,
                    question,
                    Mark.PERSON,
                    "a person's decision: 'apply' grants nothing on the table of the copies"));
        } else {
            check(question, reached(MigrationState.EXPANDED), "'apply' copies the grants that all old columns have");
        }
    }

    private void expandAndSync() {
        section = "Expand and sync";
        check("Are the columns there, nullable and without an index?", reached(MigrationState.EXPANDED), state());
        var problem = migration.problem();
        check(
                "Does every write fill both shapes?",
                reached(MigrationState.SYNCED) && problem == null,
                problem == null ? state() : problem);
        check(
                "How long was the application held up?",
                allDone(),
                HumanText.number(migration.steps().stream()
                                .mapToLong(StepStatus::heldUpMs)
                                .sum())
                        + " ms in all, "
                        + HumanText.number(migration.steps().stream()
                                .mapToLong(StepStatus::longestHeldUpMs)
                                .max()
                                .orElse(0))
                        + " ms at a time");
        person(
                "Is every version of the application that runs able to live with the new columns (`SELECT *`, cached plans)?");
    }

    private void backfill() {
        section = "Backfill";
        check("How far is it, and what holds it back?", reached(MigrationState.FINISHED), job());
        check("Does the application suffer?", reached(MigrationState.FINISHED), job());
        check("Can it be stopped at once?", true, "'backfleet pause'");
        check("Which rows were rejected, and why?", reached(MigrationState.FINISHED), "'backfleet quarantine'");
    }

    private void finishAndProve() {
        section = "Finish and prove";
        check(
                "Are the indexes valid and the constraints validated?",
                reached(MigrationState.FINISHED) && allDone(),
                state());
        check("Is every row right?", safe(), rows());
        check("For this tenant?", safe(), safe() ? "every tenant's are" : "'backfleet migration gate --tenant T'");
        check("Is the proof young enough?", safe(), rows());
    }

    private void switchReads() {
        section = "Switch reads";
        person("Does the application ask the flag everywhere it reads?");
        person("Who goes first?");
        person("Is it well after the step?");
        check("Back, now?", migration.flag() != null, "'backfleet migration rollback', which changes one row");
    }

    private void contract() {
        section = "Contract";
        var flag = migration.flag();
        var all =
                reached(MigrationState.CUT) && (flag == null || !flag.tenants().containsValue(false));
        check("Do all tenants read the new shape, and for how long?", all, flag == null ? state() : flag.words());
        var renamed = reached(MigrationState.RENAMED);
        check(
                "Does anything in the database still name the old columns?",
                renamed,
                renamed ? state() : "'backfleet migration gate --for contract' says what");
        check(
                "Does anybody still write the old shape alone?",
                renamed,
                renamed ? state() : "'backfleet migration contract' says who, in its line 'writers'");
        person("Does any version of the application still read or write them?");
        var contracted = reached(MigrationState.CONTRACTED);
        check(
                "Rename first, drop later?",
                renamed,
                renamed ? state() : "'backfleet migration contract --rename', which '--undo' takes back");
        check(
                "May they be dropped?",
                contracted,
                contracted ? state() : "'backfleet migration contract --drop' asks the same report once more");
        person("Does no code ask the flag any more?");
    }

    private boolean reached(MigrationState state) {
        return migration.state() != MigrationState.ABORTED && migration.state().compareTo(state) >= 0;
    }

    private boolean allDone() {
        return !migration.steps().isEmpty()
                && migration.steps().stream()
                        .allMatch(step -> step.state() == StepState.DONE || step.state() == StepState.FOUND_DONE);
    }

    // No reconcile is possible any more: the drop has asked for the last one.
    private boolean safe() {
        return reached(MigrationState.CONTRACTED) || (gate != null && gate.verdict() == GateVerdict.SAFE);
    }

    private String rows() {
        if (reached(MigrationState.CONTRACTED)) {
            return "the old columns were dropped after a reconcile without a wrong row";
        }
        return gate == null
                ? "no reconcile yet"
                : gate.verdict() == GateVerdict.SAFE
                        ? "the last reconcile has found no wrong row"
                        : gate.verdict() + ": " + String.join("; ", gate.reasons());
    }

    private String state() {
        return "the migration is " + migration.state();
    }

    private String job() {
        return migration.job() == null ? "it is not submitted yet" : "'backfleet status " + migration.job() + "'";
    }

    private void check(String question, boolean done, String says) {
        lines.add(new ChecklistLine(section, question, done ? Mark.DONE : Mark.OPEN, says));
    }

    private void person(String question) {
        lines.add(new ChecklistLine(section, question, Mark.PERSON, "a person's decision"));
    }
}
