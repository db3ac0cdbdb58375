package dev.backfleet.common.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a spec was pinned to when it was submitted: all that planning and batches need to know, stored with the job.
 * Nothing of it changes but the expressions, while the job stands still.
 *
 * @param table the table as the spec names it, resolved
 * @param key the walked columns in index order; with a tenant that leads the walk, the tenant first
 * @param tenantLed whether the first key column is the tenant
 * @param work what batches do to the rows of their ranges
 * @param shardRows how many rows a shard is to have
 * @param batchDuration how long a batch is to take
 * @param batchMaxRows how many rows a batch may walk at most
 */
public record JobDefinition(
        Table table,
        List<KeyColumn> key,
        boolean tenantLed,
        Work work,
        long shardRows,
        Duration batchDuration,
        int batchMaxRows) {

    /**
     * How a definition is stored. Version 2 has operators and types that a worker of version 1 would ignore. A further kind of
     * work must be stored as version 3, so that a release that knows no kinds does not take it for an update.
     */
    public static final StoredJson<JobDefinition> JSON = new StoredJson<>("job definition", 2, JobDefinition.class);

    /** Copies the list. */
    public JobDefinition {
        key = List.copyOf(key);
        Objects.requireNonNull(work);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static JobDefinition of(StoredDefinition stored) {
        return stored.definition();
    }

    @JsonValue
    StoredDefinition stored() {
        return StoredDefinition.of(this);
    }

    /**
     * The work, where a caller is only for updates.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public UpdateRows updateRows() {
        if (work instanceof UpdateRows update) {
            return update;
        }
        throw new IllegalStateException("the job's work is no update but " + work.kind());
    }

    /** The same with another expression for a column that it sets already. */
    public JobDefinition setting(Assignment change) {
        return new JobDefinition(
                table, key, tenantLed, updateRows().setting(change), shardRows, batchDuration, batchMaxRows);
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
