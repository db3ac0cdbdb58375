package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Assignment;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.ShardId;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** Values that tests begin with. */
public final class Samples {
    private Samples() {}

    /** A claim of shard 1 of job 7, at its start, in epoch 3, without a limit. */
    public static Claim claim() {
        return claim(OptionalDouble.empty());
    }

    /** The same claim, with a rate for its slot. */
    public static Claim claim(OptionalDouble slotRate) {
        var table = new JobDefinition.Table(1, "public", "t");
        var definition = new JobDefinition(
                table,
                List.of(new KeyColumn("id", 1, "bigint")),
                false,
                List.of(new Assignment("n", 2, "n + 1")),
                null,
                50_000,
                Duration.ofMillis(100),
                10_000);
        return new Claim(new ShardId(7, 1), 3, Cursor.START, table, definition, slotRate);
    }

    /** A point in the key space of the claim's table. */
    public static Cursor at(long key) {
        return new Cursor(List.of(String.valueOf(key)));
    }

    /** A batch that changed all the rows up to a key. */
    public static BatchResult moved(long rows, long key) {
        return new BatchResult(at(key), rows, rows, false);
    }

    /** A refusal with a SQLSTATE. */
    public static ShardStore.RefusedException refused(String code) {
        return new ShardStore.RefusedException(Failure.of(code, "no"), null);
    }
}
