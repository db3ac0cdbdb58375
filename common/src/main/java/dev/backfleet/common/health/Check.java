package dev.backfleet.common.health;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that must be true of a process. Asking never waits for a server.
 *
 * @param name what is checked
 * @param problem what is wrong, as a clause; empty if it is true
 */
public record Check(String name, Supplier<Optional<String>> problem) {

    private static final Duration LOOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration DATABASE_LIMIT = Duration.ofSeconds(10);

    /** A loop that does something several times a minute makes progress. */
    public static Check loop(String name, Pulse pulse) {
        return loop(name, pulse, Duration.ZERO);
    }

    /**
     * A loop makes progress.
     *
     * @param pause how long it waits between two rounds
     */
    public static Check loop(String name, Pulse pulse, Duration pause) {
        return within("loop " + name, pulse::silence, LOOP_LIMIT.plus(pause), "no progress for ");
    }

    /** The database has answered within 10 s. */
    public static Check database(Supplier<Duration> sinceAnswer) {
        return within("database", sinceAnswer, DATABASE_LIMIT, "the database has not answered for ");
    }

    /** A condition. */
    public static Check that(String name, Supplier<Boolean> holds, String otherwise) {
        return new Check(name, () -> holds.get() ? Optional.empty() : Optional.of(otherwise));
    }

    private static Check within(String name, Supplier<Duration> age, Duration limit, String otherwise) {
        return new Check(name, () -> {
            var now = age.get();
            return now.compareTo(limit) <= 0 ? Optional.empty() : Optional.of(otherwise + now.toSeconds() + " s");
        });
    }
}
