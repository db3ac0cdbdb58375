package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;

/**
 * How far a job is from being complete: it has SUCCEEDED, and each row is changed. What follows it, such as a constraint on the new
 * column, may come only then.
 *
 * @param kind how far
 * @param words what is awaited, or what went wrong, as a clause about the job
 */
public record Completion(Kind kind, String words) {

    /** How far. */
    public enum Kind {
        /** It has SUCCEEDED, and each row of its range is changed. */
        COMPLETE,
        /** It has SUCCEEDED, and its quarantine is empty, since a person has dismissed rows of it: these stay unchanged. */
        DISMISSED,
        /** It has not ended. */
        UNFINISHED,
        /** It has SUCCEEDED, but rows are in quarantine; a person can retry or dismiss them. */
        QUARANTINED,
        /** It has SUCCEEDED, but left rows out although they need the change; waiting changes nothing. */
        LEFT_OUT,
        /** It FAILED, is HALTED or cancelled; waiting changes nothing. */
        NOT_SUCCEEDED
    }

    /** Whether waiting changes nothing any more. */
    public boolean isFinal() {
        return kind != Kind.UNFINISHED && kind != Kind.QUARANTINED;
    }

    /** Of a job as it is now. */
    public static Completion of(JobStatus job) {
        return switch (job.state()) {
            case SUCCEEDED -> succeeded(job);
            case FAILED, CANCELLED, HALTED -> new Completion(Kind.NOT_SUCCEEDED, "is " + state(job));
            case PLANNING -> new Completion(Kind.UNFINISHED, "is being planned");
            case RUNNING, PAUSING, PAUSED, CANCELLING -> new Completion(Kind.UNFINISHED, "is " + state(job));
        };
    }

    private static Completion succeeded(JobStatus job) {
        var quarantined = job.rows().quarantined();
        if (quarantined > 0) {
            return new Completion(
                    Kind.QUARANTINED,
                    "has SUCCEEDED, but " + rows(quarantined) + " in quarantine: 'backfleet quarantine " + job.name()
                            + "' lists them, --retry changes them, --drop dismisses them");
        }
        var leftOut = job.findings().leftOut();
        if (leftOut > 0) {
            return new Completion(
                    Kind.LEFT_OUT,
                    "has SUCCEEDED, but at least " + rows(leftOut) + " not changed: see 'backfleet status " + job.name()
                            + "'");
        }
        var dismissed = job.rows().dismissed();
        return dismissed > 0
                ? new Completion(
                        Kind.DISMISSED,
                        "has SUCCEEDED, and no row is in quarantine; " + HumanText.number(dismissed)
                                + (dismissed == 1 ? " row was" : " rows were")
                                + " dismissed and not changed: see 'backfleet history " + job.name() + "'")
                : new Completion(Kind.COMPLETE, "has SUCCEEDED, and no row is in quarantine");
    }

    private static String rows(long rows) {
        return HumanText.number(rows) + (rows == 1 ? " row is" : " rows are");
    }

    private static String state(JobStatus job) {
        var stopped = job.error() == null ? job.reason() : job.error();
        var why = job.state() == JobState.RUNNING ? null : stopped;
        return job.state() + (why == null ? "" : " (" + why + ")");
    }
}
