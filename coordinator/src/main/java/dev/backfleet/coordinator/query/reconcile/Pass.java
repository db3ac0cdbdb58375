package dev.backfleet.coordinator.query.reconcile;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A reconcile that has finished.
 *
 * @param id the id of the job that has compared the rows
 * @param startedAt when it began
 * @param finishedAt when it ended
 * @param ageSeconds how long ago that is
 * @param scanned how many rows it has read
 * @param judged how many of them it could judge: of the others, it cannot be told whether the job should have changed them
 * @param standby host, port and database of the standby on which it has read the rows; null: on the primary
 */
public record Pass(
        long id,
        Instant startedAt,
        Instant finishedAt,
        double ageSeconds,
        long scanned,
        long judged,
        @Nullable String standby) {}
