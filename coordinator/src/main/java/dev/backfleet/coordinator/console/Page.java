package dev.backfleet.coordinator.console;

import dev.backfleet.coordinator.api.Answer;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page, which says itself how old it is.
 *
 * @param html writes it for an age
 */
record Page(Function<@Nullable Duration, String> html) implements Answer.Document {
    @Override
    public String type() {
        return "text/html";
    }

    @Override
    public String text(@Nullable Duration age) {
        return html.apply(age);
    }
}
