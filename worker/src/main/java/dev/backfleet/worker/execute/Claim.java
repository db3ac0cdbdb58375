package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.ShardId;
import java.util.OptionalDouble;

/**
 * The right to work on a shard: won in PostgreSQL, and void as soon as somebody else has a newer epoch or takes RUNNING
 * from the shard.
 *
 * @param shard which shard
 * @param epoch the fencing number that every write carries
 * @param cursor where to go on
 * @param relation the table or leaf that holds the shard's rows
 * @param definition what the job does
 * @param slotRate rows per second that the slot may change until the control topic says better; empty: no limit
 */
public record Claim(
        ShardId shard,
        long epoch,
        Cursor cursor,
        JobDefinition.Table relation,
        JobDefinition definition,
        OptionalDouble slotRate) {}
