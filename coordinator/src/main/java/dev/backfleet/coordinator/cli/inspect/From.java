package dev.backfleet.coordinator.cli.inspect;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Since when: a point in time, an age, or neither.
 *
 * @param at the point in time
 * @param age how long ago
 */
record From(@Nullable Instant at, @Nullable Duration age) {
    static final From ANY = new From(null, null);
}
