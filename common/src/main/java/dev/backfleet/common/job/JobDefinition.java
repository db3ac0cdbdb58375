package dev.backfleet.common.job;

import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table, key and expressions that a spec was resolved to at submission: all that planning and batches need, stored
 * with the job. Only the expressions can change later, while the job is not running.
 *
 * @param table the table as the spec names it, resolved
 * @param key the columns to scan by, in index order; the tenant comes first if it leads the scan
 * @param tenantLed whether the first key column is the tenant
 * @param set what to change, in the spec's order
 * @param where which rows still need the change; null: every row
 * @param shardRows target number of rows of a shard
 * @param batchDuration target duration of a batch
 * @param batchMaxRows the most rows that a batch may scan
 * @param triggers whether the table's triggers fire
 */
public record JobDefinition(
        Table table,
        List<KeyColumn> key,
        boolean tenantLed,
        List<Assignment> set,
        @Nullable String where,
        long shardRows,
        Duration batchDuration,
        int batchMaxRows,
        Triggers triggers) {

    /** The stored form. Version 2 added operators and types, which a worker that knows only version 1 would ignore. */
    public static final StoredJson<JobDefinition> JSON = new StoredJson<>("job definition", 2, JobDefinition.class);

    public JobDefinition {
        key = List.copyOf(key);
        set = List.copyOf(set);
    }

    /** The same with another expression for a column that is already set. */
    public JobDefinition setting(Assignment change) {
        var assignments = set.stream()
                .map(old -> old.column().equals(change.column()) ? change : old)
                .toList();
        return new JobDefinition(
                table, key, tenantLed, assignments, where, shardRows, batchDuration, batchMaxRows, triggers);
    }

    /**
     * A table, or a leaf of a partitioned one.
     *
     * @param oid its OID, which survives renames
     * @param schema its schema's name when it was pinned
     * @param name its name when it was pinned
     */
    public record Table(long oid, String schema, String name) {}
}
