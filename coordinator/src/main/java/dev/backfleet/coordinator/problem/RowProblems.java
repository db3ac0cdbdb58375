package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus;
import java.util.ArrayList;
import java.util.List;

/** Rows that a job has not changed as it should: those in quarantine, those left out, and those found wrong afterwards; and how reads of them fare. */
final class RowProblems {
    private final JobStatus job;
    private final List<Problem> found = new ArrayList<>();

    private RowProblems(JobStatus job) {
        this.job = job;
    }

    /** The problems with rows of a job, running or not. */
    static List<Problem> of(JobStatus job) {
        var problems = new RowProblems(job);
        problems.quarantined();
        problems.leftOut();
        problems.drift();
        problems.cutover();
        problems.renamed();
        return problems.found;
    }

    // Also, and above all, when the job has finished.
    private void quarantined() {
        var rows = job.rows().quarantined();
        if (rows > 0) {
            add(
                    ProblemCode.ROWS_IN_QUARANTINE,
                    job.atRest() ? Severity.ERROR : Severity.WARNING,
                    (rows == 1 ? "a row is" : HumanText.number(rows) + " rows are") + " in quarantine and not changed",
                    "'backfleet quarantine " + job.name() + "' lists them");
        }
    }

    // At the end, the number of rows that a trigger has kept unchanged is among the remarks.
    private void leftOut() {
        var kept = job.findings().unchanged();
        if (kept != null && job.findings().keptBy() != null) {
            add(
                    ProblemCode.ROWS_LEFT_OUT,
                    Severity.WARNING,
                    HumanText.number(kept) + " of "
                            + HumanText.number(job.rows().walked())
                            + " scanned rows were neither changed nor quarantined: the BEFORE trigger "
                            + job.findings().keptBy()
                            + " has returned NULL, or the application has deleted them in the meantime",
                    "if they are to be changed, 'backfleet pause " + job.name() + "' and fix the trigger");
        }
        var matching = job.findings().matching();
        if (matching != null && matching > 0) {
            add(
                    ProblemCode.ROWS_LEFT_OUT,
                    Severity.ERROR,
                    "at least " + HumanText.number(matching)
                            + (matching == 1 ? " row of the range still matches" : " rows of the range still match")
                            + " where: a trigger kept them, or they were written in the old form since",
                    "if a trigger kept them, fix it first; then 'backfleet submit SPEC --again' changes them");
        }
    }

    private void drift() {
        var wrong = job.findings().drift();
        if (wrong != null && wrong > 0) {
            add(
                    ProblemCode.DRIFT,
                    Severity.ERROR,
                    "the last reconcile has found " + HumanText.number(wrong)
                            + (wrong == 1 ? " wrong row" : " wrong rows"),
                    "'backfleet reconcile " + job.name() + " --show' tells which");
        }
    }

    private void cutover() {
        var takenBack = job.findings().takenBack();
        if (takenBack != null) {
            add(
                    ProblemCode.CUTOVER_TAKEN_BACK,
                    Severity.ERROR,
                    "all reads of the migration were taken back to the old shape: " + takenBack,
                    "'backfleet migration status " + job.name()
                            + "'; when the cause is found, 'backfleet migration cutover " + job.name()
                            + "' begins again");
        }
        var unwatched = job.findings().unwatched();
        if (unwatched != null) {
            add(
                    ProblemCode.CUTOVER_UNWATCHED,
                    Severity.WARNING,
                    "the cutover is not watched: " + unwatched,
                    "'backfleet migration status " + job.name() + "' shows its signals");
        }
    }

    private void renamed() {
        var hurts = job.findings().renamedHurts();
        if (hurts != null) {
            add(
                    ProblemCode.RENAMED_HURTS,
                    Severity.ERROR,
                    "since the old columns were renamed: " + hurts,
                    "'backfleet migration contract " + job.name() + " --undo' gives them their names back");
        }
    }

    /** None of them ends by itself. */
    private void add(ProblemCode code, Severity severity, String message, String remedy) {
        found.add(new Problem(code, severity, null, message, remedy, false));
    }
}
