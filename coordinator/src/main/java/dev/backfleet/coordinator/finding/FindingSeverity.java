package dev.backfleet.coordinator.finding;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How grave a finding is, gravest first. */
public enum FindingSeverity {
    /** Rows or the application are at stake: a submission is refused unless it is forced, or only a plan looks for it. */
    ERROR,
    /** The job can run, but not as a person may expect. */
    WARNING,
    /** It is good to know. */
    REMARK;

    /** As in JSON and on the screen. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
