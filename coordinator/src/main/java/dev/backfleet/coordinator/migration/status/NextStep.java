package dev.backfleet.coordinator.migration.status;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.ShellWord;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.Refusal;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What comes next for a migration, when, and by which command. Pure. */
final class NextStep {
    private static final String APPLY = "'backfleet migration apply'";

    private NextStep() {}

    /**
     * The next step, as a clause; null: a command or a job is at work, or the migration has ended.
     *
     * @param gate what the last reconcile says now; null: there is none to ask
     * @param job the state of its backfill; null: it is not submitted, or was removed
     * @param oneWay whether its file has no 'down', which each step of the cutover has to accept
     */
    static @Nullable String of(
            MigrationStatus migration, @Nullable GateAnswer gate, @Nullable JobState job, boolean oneWay) {
        var abort = "'backfleet migration abort " + migration.name() + "'";
        return switch (migration.state()) {
            case PLANNED, EXPANDED, SYNCED -> migration.problem() == null ? applied(migration) : lost(abort);
            case BACKFILLING -> migration.problem() == null ? backfilled(migration, job, abort) : lost(abort);
            case FINISHED, READY -> migration.problem() == null ? proven(migration, gate, abort, oneWay) : lost(abort);
            case CUTTING -> migration.problem() == null ? switched(migration, gate, oneWay) : putBack(migration);
            case CUT -> migration.problem() == null ? contracted(migration, gate) : putBack(migration);
            case RENAMED -> migration.problem() == null ? renamed(migration) : putBack(migration);
            case CONTRACTED ->
                migration.flag() == null
                        ? null
                        : "'backfleet migration flags rm " + migration.name()
                                + "', when no code asks the flag any more";
            case ABORTED -> null;
        };
    }

    // No step switches a tenant that is held back, whoever takes the steps.
    private static @Nullable String switched(MigrationStatus migration, @Nullable GateAnswer gate, boolean oneWay) {
        var cutover = cutover(migration, oneWay);
        var last =
                migration.flag() == null ? List.<String>of() : migration.flag().heldBackAtLast();
        if (!last.isEmpty()) {
            return cutover + " --tenant " + ShellWord.of(last.get(0))
                    + "', when its rows are right: 'backfleet reconcile "
                    + migration.job() + " --show'"
                    + (last.size() == 1 ? "" : "; and so for each of the " + last.size() + " tenants");
        }
        var verdict = gate == null ? GateVerdict.SAFE : gate.verdict();
        if (verdict == GateVerdict.INCOMPLETE) {
            return "'backfleet reconcile " + migration.job() + "': the gate refuses the next step until then";
        }
        if (migration.watch() != null && migration.watch().promote().equals("auto")) {
            return null;
        }
        return cutover + "', when this step has been on for its soak time"
                + (verdict == GateVerdict.SAFE
                        ? ""
                        : "; it holds back the tenants with wrong rows: 'backfleet reconcile " + migration.job()
                                + " --show'");
    }

    private static String contracted(MigrationStatus migration, @Nullable GateAnswer gate) {
        var contract = "'backfleet migration contract " + migration.name() + "'";
        return gate == null || gate.verdict() == GateVerdict.SAFE
                ? contract + " says what the end still waits for, and with --rename renames the old columns"
                : "'backfleet reconcile " + migration.job()
                        + "', after the wrong rows that --show names are corrected: until it finds none, " + contract
                        + " is refused";
    }

    private static String renamed(MigrationStatus migration) {
        var contract = "'backfleet migration contract " + migration.name();
        var hurts = migration.watch() != null
                && migration.watch().signals().stream().anyMatch(signal -> "hard".equals(signal.level()));
        return hurts
                ? contract + " --undo' gives the columns their names back, as the signals advise"
                : contract + " --drop', when its report is green; --undo gives the columns their names back";
    }

    // Tenants read the new shape: an abort would lose what was written in it.
    private static String putBack(MigrationStatus migration) {
        return "put back what the problem names, then 'backfleet reconcile " + migration.job()
                + "' finds the rows that were written without the sync; until then no further step is taken";
    }

    // Without the end of the quotation: a tenant may follow.
    private static String cutover(MigrationStatus migration, boolean oneWay) {
        return "'backfleet migration cutover " + migration.name() + (oneWay ? " --one-way" : "");
    }

    private static String lost(String abort) {
        return abort + ", then " + APPLY + ": the sync is never made again in silence";
    }

    private static @Nullable String backfilled(MigrationStatus migration, @Nullable JobState job, String abort) {
        var id = migration.job();
        if (job == JobState.HALTED) {
            return "'backfleet quarantine " + id + "' shows the rejected rows; 'backfleet resume " + id
                    + "' goes on when their cause is fixed; or " + abort;
        }
        if (job == JobState.PAUSED) {
            return "'backfleet resume " + id + "'";
        }
        return job == JobState.FAILED || job == JobState.CANCELLED
                ? abort + "; 'backfleet status " + id + "' says why its job is " + job
                : applied(migration);
    }

    private static @Nullable String proven(
            MigrationStatus migration, @Nullable GateAnswer gate, String abort, boolean oneWay) {
        var verdict = gate == null ? null : gate.verdict();
        if (verdict == GateVerdict.DRIFT) {
            return "'backfleet reconcile " + migration.job()
                    + " --repair' gives wrong rows what the old shape says, then " + APPLY + "; or " + abort;
        }
        return verdict == GateVerdict.SAFE && migration.state() == MigrationState.READY
                ? cutover(migration, oneWay) + "' switches reads, by the first step of the file"
                : applied(migration);
    }

    private static @Nullable String applied(MigrationStatus migration) {
        if (migration.appliedBy() != null) {
            return null;
        }
        return migration.steps().stream()
                .filter(step -> step.state() == StepState.FAILED)
                .findFirst()
                .map(failed -> APPLY + " again, when the cause is fixed: " + failed.step() + " has failed"
                        + (failed.code() == null ? "" : " with " + failed.code()))
                .orElseGet(() -> afterRefusal(migration.refusal()));
    }

    private static String afterRefusal(@Nullable Refusal refusal) {
        if (refusal == null) {
            return APPLY + " takes it on";
        }
        return APPLY + " again, "
                + (refusal.remedy() == null ? "when that is corrected" : "after this: " + refusal.remedy());
    }
}
