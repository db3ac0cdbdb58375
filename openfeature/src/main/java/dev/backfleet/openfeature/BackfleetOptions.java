package dev.backfleet.openfeature;

import java.time.Duration;
import java.util.UUID;

/** How a {@link BackfleetProvider} reads flags. */
public final class BackfleetOptions {
    // A rollback is to be seen within a second, also while the machine is busy and a call takes long.
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration STALE = Duration.ofSeconds(10);

    private final String instance;
    private final Duration poll;
    private final Duration staleAfter;

    private BackfleetOptions(String instance, Duration poll, Duration staleAfter) {
        this.instance = instance;
        this.poll = poll;
        this.staleAfter = staleAfter;
    }

    /** Reads four times a second, is stale after 10 s without an answer, and has a random name for the instance. */
    public static BackfleetOptions defaults() {
        var host = System.getenv().getOrDefault("HOSTNAME", "java");
        var random = UUID.randomUUID().toString().substring(0, 8);
        return new BackfleetOptions(host + "/" + ProcessHandle.current().pid() + "/" + random, POLL, STALE);
    }

    /** Under which name this instance of the application is counted when a flag is rolled back; at most 200 characters. */
    public BackfleetOptions instance(String name) {
        return new BackfleetOptions(name, poll, staleAfter);
    }

    /**
     * How often flags are read.
     *
     * @throws IllegalArgumentException below 10 ms
     */
    public BackfleetOptions poll(Duration every) {
        if (every.toMillis() < 10) {
            throw new IllegalArgumentException(
                    "flags cannot be read every " + every.toMillis() + " ms: at least 10 ms");
        }
        return new BackfleetOptions(instance, every, staleAfter);
    }

    /** After which time without an answer the provider says that it is stale. */
    public BackfleetOptions staleAfter(Duration duration) {
        return new BackfleetOptions(instance, poll, duration);
    }

    String instance() {
        return instance;
    }

    Duration poll() {
        return poll;
    }

    Duration staleAfter() {
        return staleAfter;
    }
}
