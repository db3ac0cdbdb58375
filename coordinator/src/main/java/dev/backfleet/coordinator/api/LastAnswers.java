package dev.backfleet.coordinator.api;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last answers, for a time in which the database gives none: the most recently used ones, as far as there is room. Thread-safe. */
final class LastAnswers {
    private static final int CHARACTERS = 4_000_000;

    private final Ticker ticker;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long characters;

    LastAnswers(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized void keep(String request, Answer answer) {
        forget(kept.remove(request));
        if (answer.body().length() > CHARACTERS / 4) {
            return;
        }
        kept.put(request, new Kept(answer, ticker.now()));
        characters += answer.body().length();
        for (Iterator<Kept> oldest = kept.values().iterator(); characters > CHARACTERS; ) {
            forget(oldest.next());
            oldest.remove();
        }
    }

    private void forget(@Nullable Kept old) {
        characters -= old == null ? 0 : old.answer.body().length();
    }

    /** The last answer, with its age. */
    synchronized Optional<Answer> find(String request) {
        return Optional.ofNullable(kept.get(request))
                .map(one -> one.answer.aged(ticker.now().minus(one.at)));
    }

    private record Kept(Answer answer, Duration at) {}
}
