package dev.backfleet.common.job;

import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a spec was pinned to when it was submitted: all that planning and batches need to know, stored with the job.
 * Nothing of it changes but the expressions, while the job stands still.
 *
 * @param table the table as the spec names it, resolved
 * @param key the walked columns in index order; with a tenant that leads the walk, the tenant first
 * @param tenantLed whether the first key column is the tenant
 * @param set what to change, in the spec's order
 * @param where which rows still need it; null: every row
 * @param shardRows how many rows a shard is to have
 * @param batchDuration how long a batch is to take
 * @param batchMaxRows how many rows a batch may walk at most
 * @param triggers what becomes of the table's triggers
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

    /** How a definition is stored. Version 2 has operators and types that a worker of version 1 would ignore. */
    public static final StoredJson<JobDefinition> JSON = new StoredJson<>("job definition", 2, JobDefinition.class);

    /** Copies the lists. */
    public JobDefinition {
        key = List.copyOf(key);
        set = List.copyOf(set);
    }

    /** The same with another expression for a column that it sets already. */
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
     * @param oid what it is, whatever it is called
     * @param schema its schema's name when it was pinned
     * @param name its name when it was pinned
     */
    public record Table(long oid, String schema, String name) {}
}
