package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
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
 * @param nextAt when the next wave begins by itself, or may begin if a reconcile is awaited; null if an operator must promote it, or it
 *     is the last
 * @param reconcile whether the next wave begins by itself only after a reconcile that has found nothing wrong
 * @param check the last reconcile of the waves so far, since this one was done; null: there is none
 */
public record WaveStatus(
        int number,
        int of,
        int openShards,
        @Nullable Instant doneAt,
        @Nullable Instant nextAt,
        boolean reconcile,
        @Nullable Check check) {

    /**
     * A reconcile of the waves that are done.
     *
     * @param name its name
     * @param state its state
     * @param since when it was submitted
     * @param wrong how many rows it has found wrong, with those in quarantine; null: it has not finished
     */
    public record Check(
            String name,
            JobState state,
            Instant since,
            @Nullable Long wrong) {}

    /** Whether it is done, and another one is to come. */
    public boolean waits() {
        return openShards == 0 && doneAt != null && !endsRollout();
    }

    /** Whether it is the last one. */
    public boolean endsRollout() {
        return number == of;
    }
}
