package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.SlotLimits;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** Values that tests begin with. */
public final class Samples {
    /** No limit, one slot. */
    public static final SlotLimits UNLIMITED = limited(OptionalDouble.empty(), 1);

    /** How long one row alone may take. */
    public static final Duration ROW_TIMEOUT = Duration.ofMillis(1500);

    /** Of a job that was dispatched two seconds before. */
    public static final Claim.Origin ORIGIN = new Claim.Origin("split-names", Duration.ofSeconds(2));

    private Samples() {}

    /** Terms of a job with a limit. */
    public static SlotLimits limited(double rowsPerSecond, int slots) {
        return limited(OptionalDouble.of(rowsPerSecond), slots);
    }

    private static SlotLimits limited(OptionalDouble rowsPerSecond, int slots) {
        return new SlotLimits(rowsPerSecond, slots, Duration.ofMillis(100), true);
    }

    /** A claim of shard 1 of job 7, at its start, in epoch 3, without a limit. */
    public static Claim claim() {
        return claim(UNLIMITED);
    }

    /** The same claim, with limits. */
    public static Claim claim(SlotLimits limits) {
        return claim(limits, false);
    }

    /** The same claim, of a job whose shards follow tenants. */
    public static Claim tenantClaim() {
        return claim(UNLIMITED, true);
    }

    private static Claim claim(SlotLimits limits, boolean tenantLed) {
        var table = new JobDefinition.Table(1, "public", "t");
        var definition = new JobDefinition(
                table,
                tenantLed
                        ? List.of(new KeyColumn("tenant", 3, "text"), new KeyColumn("id", 1, "bigint"))
                        : List.of(new KeyColumn("id", 1, "bigint")),
                tenantLed,
                new UpdateRows(List.of(new Assignment("n", 2, "n + 1")), null, Triggers.FIRE),
                50_000,
                Duration.ofMillis(100),
                10_000);
        return new Claim(new ShardId(7, 1), 3, Cursor.START, false, table, definition, limits, ROW_TIMEOUT, ORIGIN);
    }

    /** A point in the key space of the claim's table. */
    public static Cursor at(long key) {
        return new Cursor(List.of(String.valueOf(key)));
    }

    /** A batch that changed all the rows up to a key. */
    public static BatchResult moved(long rows, long key) {
        return new BatchResult(at(key), rows, rows, false, UNLIMITED);
    }

    /** A refusal with a SQLSTATE. */
    public static StatementFailedException refused(String code) {
        return new StatementFailedException(Failures.of(code, "no"), null);
    }
}
