package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is around the content of each page.
 *
 * @param base what all paths begin with; empty: nothing
 * @param title the page's title
 * @param section the path of the entry of the navigation that it belongs to; empty: none
 * @param stream the path of the events that it follows; null: it does not change
 * @param age how old its content is, if the database has not given a newer one; null: it is new
 */
public record Frame(
        String base,
        String title,
        String section,
        @Nullable String stream,
        @Nullable Duration age) {

    /** What marks the entry of the navigation that the page belongs to; null at others. */
    public @Nullable String current(String path) {
        return section.equals(path) ? "page" : null;
    }

    /** That its content is old, as a sentence; empty if it is new. */
    public String ageWords() {
        return age == null ? "" : "As of " + HumanText.elapsed(age) + " ago: the database does not answer.";
    }
}
