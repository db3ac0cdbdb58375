package dev.backfleet.coordinator.migration.status;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * A line of the checklist of a migration.
 *
 * @param section when it matters, as the page of the checklist divides it
 * @param question what to be sure of
 * @param mark whether it is
 * @param says what is so, or what answers it, as a clause
 */
public record ChecklistLine(String section, String question, Mark mark, String says) {

    /** Whether one can be sure. */
    public enum Mark {
        DONE,
        OPEN,
        /** Nothing in the database tells it. */
        PERSON;

        /** As the JSON output writes it. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
