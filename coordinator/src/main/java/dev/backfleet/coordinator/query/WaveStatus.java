package dev.backfleet.coordinator.query;

import dev.backfleet.coordinator.operation.PromoteWave;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a rollout.
 *
 * @param number the wave, from 1
 * @param of how many waves there are
 * @param openShards how many shards of it, and of the waves before it, are open; at least so many from {@link
 *     PromoteWave#COUNTED_AT_MOST} on
 * @param doneAt since when there are none; null while there are
 * @param nextAt when the next wave begins by itself; null if an operator must promote it, or it is the last
 */
public record WaveStatus(
        int number,
        int of,
        int openShards,
        @Nullable Instant doneAt,
        @Nullable Instant nextAt) {

    /** Whether it is done, and another one is to come. */
    public boolean waits() {
        return openShards == 0 && doneAt != null && !endsRollout();
    }

    /** Whether it is the last one. */
    public boolean endsRollout() {
        return number == of;
    }
}
