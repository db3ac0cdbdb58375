package dev.backfleet.coordinator.problem;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How grave a problem is. */
public enum Severity {
    /** The whole fleet stands still. */
    FLEET,
    /** Rows are not changed, or a job has ended or stopped, until somebody acts. */
    ERROR,
    /** It delays a job, or somebody has asked for it. */
    WARNING,
    /** It is good to know; nothing has to be done about it, or the fleet has done it. */
    REMARK;

    /** As in JSON. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
