package dev.backfleet.common.cli;

/** How a command ended, for scripts. */
public enum ExitCode {
    /** What was asked for is done. */
    DONE(0, "done", "The command did what was asked."),
    /** The job did not succeed. */
    JOB_FAILED(1, "the job failed", "The command worked, but the job it waited for failed, was halted or cancelled."),
    /** Something that a person wrote is wrong. */
    USAGE(2, "usage or spec", "The command line, a setting or the spec is wrong. Nothing was stored."),
    /** The database or Kafka cannot be used. */
    CANNOT_CONNECT(
            3,
            "cannot connect",
            "The database or Kafka is out of reach, refuses the user, was not set up in time, or is behind a pooler that shares sessions."),
    /** There is no such job. */
    NO_SUCH_JOB(5, "no such job", "No job has that id or name."),
    /** The state of things forbids it. */
    CONFLICT(6, "conflict", "What was asked for does not go together with the state the job is in."),
    /** It took too long. */
    TIMED_OUT(7, "timed out", "What was waited for did not happen in time. It may still happen."),
    /** Two releases of Backfleet meet that do not go together. */
    OTHER_VERSION(
            8,
            "another version",
            "The control schema is of a newer or, after the wait, an older version than this release; the message says what to upgrade."),
    /** The job is through, but not with every row. */
    QUARANTINED(
            9,
            "rows in quarantine",
            "The job SUCCEEDED, or rows were retried, but some rows were not changed: they are in quarantine, or a trigger or"
                    + " the application kept them as they were."),
    /** A bug. */
    INTERNAL_ERROR(70, "internal error", "A bug of Backfleet. `--verbose` shows where."),
    /** Ctrl-C. */
    INTERRUPTED(130, "interrupted", "Ctrl-C ended the command, and nothing else: jobs go on.");

    private final int code;
    private final String words;
    private final String sentence;

    ExitCode(int code, String words, String sentence) {
        this.code = code;
        this.words = words;
        this.sentence = sentence;
    }

    /** The number that the process ends with. */
    public int code() {
        return code;
    }

    /** Its name in documents. */
    public String words() {
        return words;
    }

    /** What it tells a script. */
    public String sentence() {
        return sentence;
    }
}
