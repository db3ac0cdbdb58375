package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.ShardId;
import java.time.Duration;

/**
 * The right to work on a shard: won in PostgreSQL, and void as soon as somebody else has a newer epoch or takes RUNNING
 * from the shard.
 *
 * @param shard which shard
 * @param epoch the fencing number that every write carries
 * @param cursor where to go on
 * @param endsWithTenant whether the shard ends after the last row of a tenant, whatever that will be, instead of at a row;
 *     it does not begin to while it is claimed
 * @param relation the table or leaf that holds the shard's rows
 * @param definition what the job does
 * @param terms what holds for the slot, until a later answer says otherwise
 * @param rowTimeout how long one row alone may take before it is quarantined
 */
public record Claim(
        ShardId shard,
        long epoch,
        Cursor cursor,
        boolean endsWithTenant,
        JobDefinition.Table relation,
        JobDefinition definition,
        SlotLimits terms,
        Duration rowTimeout) {

    /** How long it may take where the job does not say. */
    public static final Duration ROW_TIMEOUT = Duration.ofMillis(1500);

    /** With the usual time for one row alone. */
    public Claim(
            ShardId shard,
            long epoch,
            Cursor cursor,
            boolean endsWithTenant,
            JobDefinition.Table relation,
            JobDefinition definition,
            SlotLimits terms) {
        this(shard, epoch, cursor, endsWithTenant, relation, definition, terms, ROW_TIMEOUT);
    }
}
