package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.ShardId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The right to work on a shard: granted by PostgreSQL, and stale as soon as another claim has a newer epoch or the shard is no
 * longer RUNNING.
 *
 * @param shard which shard
 * @param epoch the fencing token of every write
 * @param cursor the checkpoint to continue from
 * @param endsWithTenant whether the shard ends after the last row of a tenant, whichever that will be, instead of at a row; this
 *     does not become true while the shard is claimed
 * @param relation the table or leaf that holds the shard's rows
 * @param definition what the job does
 * @param limits the limits of the slot, until a later answer has others
 * @param rowTimeout how long one row alone may take before it is quarantined
 * @param origin how the shard came to the worker; decides nothing
 */
public record Claim(
        ShardId shard,
        long epoch,
        Cursor cursor,
        boolean endsWithTenant,
        JobDefinition.Table relation,
        JobDefinition definition,
        SlotLimits limits,
        Duration rowTimeout,
        Origin origin) {

    /**
     * How a shard came to a worker, for its figures.
     *
     * @param backfill the name of the job
     * @param waited the time from its dispatch to the claim
     * @param traceparent names the span that has sent its task; null: none is known
     */
    public record Origin(
            String backfill, Duration waited, @Nullable String traceparent) {
        /** Of no trace. */
        public Origin(String backfill, Duration waited) {
            this(backfill, waited, null);
        }
    }

    /** The same claim, of a task that a span has sent. */
    public Claim sentBy(@Nullable String span) {
        return new Claim(
                shard,
                epoch,
                cursor,
                endsWithTenant,
                relation,
                definition,
                limits,
                rowTimeout,
                new Origin(origin.backfill(), origin.waited(), span));
    }
}
