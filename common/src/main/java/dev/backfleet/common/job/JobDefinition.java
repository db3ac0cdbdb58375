package dev.backfleet.common.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table, key and expressions that a spec was resolved to at submission: all that planning and batches need, stored
 * with the job. Only the expressions can change later, while the job is not running.
 *
 * @param table the table as the spec names it, resolved
 * @param key the columns to scan by, in index order; the tenant comes first if it leads the scan
 * @param tenantLed whether the first key column is the tenant
 * @param work what batches do to the rows of their ranges
 * @param shardRows target number of rows of a shard
 * @param batchDuration target duration of a batch
 * @param batchMaxRows the most rows that a batch may scan
 * @param walk in how many passes the rows of a shard are walked over
 */
public record JobDefinition(
        Table table,
        List<KeyColumn> key,
        boolean tenantLed,
        Work work,
        long shardRows,
        Duration batchDuration,
        int batchMaxRows,
        Walk walk) {

    /** How many batches a pass over a shard has, at least. */
    private static final long BATCHES_OF_PASS = 4;

    /**
     * The stored form. Version 2 added operators and types, which a worker that knows only version 1 would ignore. A
     * further kind of work is stored as version 3, so that a release that knows no kinds does not take it for an
     * update; an update that keeps the values that it overwrites, or puts them back, as version 4, so that a release that cannot
     * do so does not run it; one that belongs to a migration as version 5, since the sync would fire in a worker that does not know of it;
     * a copy, and the comparison of its rows, as version 6, since a release that knows comparisons would look for the values in the
     * job's own table; the comparison of rows whose old columns follow from the new ones as version 7, since such a release would find
     * rows wrong that are in sync; an update in several passes as version 8, since such a release would end a shard after one.
     */
    public static final StoredJson<JobDefinition> JSON =
            new StoredJson<>("job definition", JobDefinition::version, 8, JobDefinition.class);

    /**
     * Whether a later release may have stored a definition, which only reading it tells for certain.
     *
     * @param version its field {@code v}; null: it has none
     * @param kind its field {@code kind}; null: it has none
     */
    public static boolean mayBeNewer(@Nullable String version, @Nullable String kind) {
        return JSON.isNewer(version)
                || (kind != null && Work.Kind.ofStored(kind).isEmpty());
    }

    public JobDefinition {
        key = List.copyOf(key);
        Objects.requireNonNull(work);
        if (walk.inPasses()
                && (work.kind() != Work.Kind.UPDATE_ROWS || walk.hashes().size() != key.size())) {
            throw new IllegalArgumentException("no work or key for " + walk);
        }
    }

    /** A job that walks over its rows in one pass. */
    public JobDefinition(
            Table table,
            List<KeyColumn> key,
            boolean tenantLed,
            Work work,
            long shardRows,
            Duration batchDuration,
            int batchMaxRows) {
        this(table, key, tenantLed, work, shardRows, batchDuration, batchMaxRows, Walk.ONCE);
    }

    /**
     * The most rows that a batch may scan. A version of a row can be removed when the batch that left it is over, and those that ran
     * beside it: so a pass has several batches, and the next one comes to a page after some of them.
     */
    public int mostRowsOfBatch() {
        return walk.inPasses()
                ? (int) Math.max(1, Math.min(batchMaxRows, shardRows / (walk.passes() * BATCHES_OF_PASS)))
                : batchMaxRows;
    }

    private static int version(JobDefinition job) {
        if (job.walk().inPasses()) {
            return 8;
        }
        return switch (job.work().kind()) {
            case UPDATE_ROWS ->
                job.work().migration() != null ? 5 : job.work().old().matter() ? 4 : 2;
            case COMPARE_ROWS ->
                job.compareRows().down() != null ? 7 : job.compareRows().copied() != null ? 6 : 3;
            case COPY_ROWS -> 6;
        };
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
     * The work, in the case of a {@code switch} over {@link Work.Kind} that is only for updates.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public UpdateRows updateRows() {
        if (work instanceof UpdateRows update) {
            return update;
        }
        throw new IllegalStateException("the job's work is no update but " + work.kind());
    }

    /**
     * The work, in the case of a {@code switch} over {@link Work.Kind} that is only for comparisons.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public CompareRows compareRows() {
        if (work instanceof CompareRows compare) {
            return compare;
        }
        throw new IllegalStateException("the job's work is no comparison but " + work.kind());
    }

    /**
     * The work, in the case of a {@code switch} over {@link Work.Kind} that is only for copies.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public CopyRows copyRows() {
        if (work instanceof CopyRows copy) {
            return copy;
        }
        throw new IllegalStateException("the job's work is no copy but " + work.kind());
    }

    /** The same with another expression for a column that is already set. */
    public JobDefinition setting(Assignment change) {
        return working(work.setting(change));
    }

    /** The same table, key and sizes with other work, which walks as this one if it is an update, too. */
    public JobDefinition working(Work other) {
        var same = other.kind() == Work.Kind.UPDATE_ROWS ? walk : Walk.ONCE;
        return new JobDefinition(table, key, tenantLed, other, shardRows, batchDuration, batchMaxRows, same);
    }

    /** The same work on the same table, whose name is another one now. */
    public JobDefinition named(Table now) {
        return new JobDefinition(now, key, tenantLed, work, shardRows, batchDuration, batchMaxRows, walk);
    }

    /** The same work, in another walk. */
    public JobDefinition walking(Walk other) {
        return new JobDefinition(table, key, tenantLed, work, shardRows, batchDuration, batchMaxRows, other);
    }

    /**
     * A table, or a leaf of a partitioned one.
     *
     * @param oid its OID, which survives renames
     * @param schema its schema's name when it was pinned
     * @param name its name when it was pinned
     */
    public record Table(long oid, String schema, String name) {

        /** Schema and name, both quoted: for plain JDBC, for PostgreSQL's functions, and for people. */
        public String quoted() {
            return Identifier.of(schema).quoted() + "." + Identifier.of(name).quoted();
        }

        /** The same for a statement that goes through Jdbi, which would look for parameters in a quoted name. */
        public String escaped() {
            return Identifier.of(schema).escaped() + "." + Identifier.of(name).escaped();
        }

        /** Schema and name, each quoted where it must be: for people. */
        public String shown() {
            return Identifier.of(schema) + "." + Identifier.of(name);
        }
    }
}
