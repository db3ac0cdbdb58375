package dev.backfleet.coordinator.screen;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.problem.Severity;
import dev.backfleet.coordinator.query.JobStatus;

/** The style of a piece of text, on terminals with colours and on pages. */
public enum Style {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    BUSY("36"),
    CAUTION("33"),
    BAD("1;31"),
    LOUD("1;30;43");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style. */
    String paint(String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /** The style of a job's state: never {@link #GOOD} while rows are in quarantine. */
    public static Style of(JobStatus job) {
        var style = of(job.state());
        return style == GOOD && job.rows().quarantined() > 0 ? BAD : style;
    }

    /** The style of a problem. */
    public static Style of(Severity severity) {
        return switch (severity) {
            case FLEET -> LOUD;
            case ERROR -> BAD;
            case WARNING, REMARK -> CAUTION;
        };
    }

    private static Style of(JobState state) {
        return switch (state) {
            case PLANNING, RUNNING -> BUSY;
            case SUCCEEDED -> GOOD;
            case PAUSING, PAUSED, CANCELLING, CANCELLED -> CAUTION;
            case FAILED, HALTED -> BAD;
        };
    }
}
