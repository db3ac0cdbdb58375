package dev.backfleet.common.event;

import dev.backfleet.common.task.Target;
import java.time.Instant;

/**
 * A reconcile has found rows that are not as a job should have made them. Published as JSON on the events topic, keyed by that job, at
 * least once. A lost event does no harm: the verdict is stored.
 *
 * @param target the database that the job is in
 * @param job the job that was checked
 * @param name its name
 * @param reconcile the job that has compared the rows
 * @param missing rows that were left out
 * @param different rows with other values
 * @param failed rows for which no value could be computed
 * @param since of these rows: written last since the job's end
 * @param at when the reconcile ended
 */
public record DriftEvent(
        Target target,
        long job,
        String name,
        long reconcile,
        long missing,
        long different,
        long failed,
        long since,
        Instant at) {}
