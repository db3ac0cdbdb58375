package dev.backfleet.common.cli;

/** The exit codes of commands, for scripts. */
public enum ExitCode {
    DONE(0, "done", "The command did what was asked."),
    JOB_FAILED(
            1,
            "the job failed",
            "The command worked, but the job it waited for failed, was halted or cancelled. `health`: the process is not alive, or not"
                    + " ready."),
    USAGE(2, "usage or spec", "The command line, a setting or the spec is wrong. Nothing was stored."),
    CANNOT_CONNECT(
            3,
            "cannot connect",
            "The database or Kafka cannot be reached, rejects the user, was not set up in time, is behind a pooler that shares"
                    + " sessions, or confirms no commit because a synchronous standby is away (then nothing was stored). `pause`"
                    + " and `cancel` end with it when the database does not confirm them; the message says whether they are"
                    + " published."),
    PROBLEMS_FOUND(
            4,
            "problems found",
            "`doctor` has found a problem, `audit --verify` a changed audit, or `plan` of a spec a finding of severity error; warnings alone end"
                    + " with 0 (`migration plan` ends with 10 for such a finding, as each command of a migration does for what must be so"
                    + " before: a pipeline reads `plan`, `gate` and `apply` by one rule). `submit` refuses a spec"
                    + " with such a finding, unless `--force` is given; then nothing was stored."),
    NOT_FOUND(5, "not found", "No job, or no migration, has that id or name."),
    CONFLICT(
            6,
            "conflict",
            "The job's state does not allow what was asked for. `migration`: something is in the way, such as another command that is at"
                    + " work on it, another file of its name, or an object of a step's name with another definition."),
    TIMED_OUT(
            7,
            "timed out",
            "The command's time limit passed before the expected event, such as the confirmation of a commit. The event may"
                    + " still happen. Or the server ended a statement that took too long, or waited too long for a lock."),
    OTHER_VERSION(
            8,
            "another version",
            "The control schema is newer than this release, or still older after the wait; the message says what to upgrade."),
    QUARANTINED(
            9,
            "rows in quarantine",
            "The job SUCCEEDED, or rows were retried, but some rows were not changed: they are in quarantine, or a trigger or"
                    + " the application kept them as they were."),
    REFUSED_BY_GATE(
            10,
            "refused by a gate",
            "What comes next must not yet: `gate`, `reconcile`: the verdict is DRIFT or INCOMPLETE; it was printed. `migration`: what must be so"
                    + " before is not: a finding of its plan has the severity error, a state is not reached, a soak time or a job is not over,"
                    + " rows are wrong, tenants still read the new shape, or `--one-way` was not given; the message says what. `submit`: a job of that name has SUCCEEDED, and `--again` was not given; nothing was stored, so"
                    + " a retried script does not run a backfill twice."),
    LOCK_NOT_OBTAINED(
            11,
            "lock not obtained",
            "`migration`: a step has not obtained its locks in `ddl: { give-up }`; the message says who was in the way. What was done"
                    + " before stays; the same command goes on."),
    TAKEN_BACK(
            12,
            "taken back",
            "`migration contract --rename --watch`: a signal was at its hard threshold in two looks in a row, and the old columns have"
                    + " their names back. Nothing was lost; the message has the signal, its value and the threshold."),
    INTERNAL_ERROR(70, "internal error", "A bug in Backfleet. `--verbose` shows the stack trace."),
    INTERRUPTED(
            130,
            "interrupted",
            "Ctrl-C ended the command only, or its question was not answered with yes; jobs continue.");

    private final int code;
    private final String words;
    private final String sentence;

    ExitCode(int code, String words, String sentence) {
        this.code = code;
        this.words = words;
        this.sentence = sentence;
    }

    public int code() {
        return code;
    }

    public String words() {
        return words;
    }

    public String sentence() {
        return sentence;
    }
}
