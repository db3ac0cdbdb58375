package dev.backfleet.coordinator.problem;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus;
import java.util.Optional;
import java.util.regex.Pattern;

/** Why a reconcile does not read the standby that it was told to read. */
final class StandbyProblems {
    private static final Pattern CODE = Pattern.compile(": ([0-9A-Z]{5}): ");

    private StandbyProblems() {}

    /** The problem; nothing if it reads it, or is to read none. */
    static Optional<Problem> of(JobStatus job) {
        var note = job.findings().standby();
        return note == null || job.state() != JobState.RUNNING
                ? Optional.empty()
                : Optional.of(new Problem(
                        ProblemCode.STANDBY_NOT_READ,
                        Severity.WARNING,
                        job.lastBatchAt() == null ? job.startedAt() : job.lastBatchAt(),
                        "rows cannot be read on the standby " + note,
                        remedy(note) + "; it continues by itself then. Or 'backfleet cancel " + job.name()
                                + "', and begin a reconcile without --on",
                        true));
    }

    // Roles, passwords and grants of a standby are those of its primary; pg_hba.conf is its own.
    private static String remedy(String note) {
        var found = CODE.matcher(note);
        var code = found.find() ? found.group(1) : "";
        if (SqlStateCodes.isAuthorization(code)) {
            return "let pg_hba.conf of the standby accept the workers' user as that of the primary does, and wait until the standby has"
                    + " replayed the user's password";
        }
        if (code.equals(SqlStateCodes.NO_PERMISSION)) {
            return "grant it on the primary, from which the standby gets it";
        }
        if (code.equals(SqlStateCodes.NOT_IN_STATE)) {
            return "let the standby replay the log of its primary";
        }
        return SqlStateCodes.isAboutAccess(code)
                ? "check that the standby runs, has the database, and is reached from the workers"
                : "see the log of the standby";
    }
}
