package dev.backfleet.coordinator.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When a message is sent again. */
final class RetrySchedule {
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10));

    private RetrySchedule() {}

    /**
     * The pause after an attempt that has failed; nothing: it is not sent again by itself.
     *
     * @param attempts how many there were, with that one
     */
    static Optional<Duration> after(int attempts) {
        return attempts <= PAUSES.size() ? Optional.of(PAUSES.get(attempts - 1)) : Optional.empty();
    }
}
