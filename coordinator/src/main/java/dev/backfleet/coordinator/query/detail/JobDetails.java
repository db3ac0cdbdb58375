package dev.backfleet.coordinator.query.detail;

import dev.backfleet.common.job.JobState;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job is, in the order of the JSON output; names and order are an interface.
 *
 * @param submitted who submitted it, when and by what
 * @param table the table, quoted where needed, by its name at submission
 * @param tableOid the table's OID at submission
 * @param key the columns that it scans by, in their order
 * @param tenant the tenant column if its shards follow tenants, otherwise null
 * @param work what batches do: update-rows, copy-rows or compare-rows
 * @param into of a copy, the table that takes the copies, and how; otherwise null
 * @param expressions the expressions that batches evaluate now, by column; of a copy, the column of the copy
 * @param where which rows it changes, or which rows the job changed that it checks; null: all
 * @param different of a comparison, the spec's own condition for a row that is wrong; null: the expressions decide
 * @param passes in how many passes it walks over each shard; null: it updates no rows of its table
 * @param triggers whether the table's triggers fire: fire or suppress; null: it changes no row
 * @param limits the limits that can be changed, with who changed them last
 * @param rowsPerSecondNow the rows per second that hold now, with WAL limit and throttle; null: no limit
 * @param slotsNow how many slots it may use now, with rate and throttle
 * @param spec the spec as it was submitted
 */
public record JobDetails(
        long id,
        String name,
        JobState state,
        Submitted submitted,
        String table,
        long tableOid,
        List<String> key,
        @Nullable String tenant,
        String work,
        @Nullable Into into,
        List<Expression> expressions,
        @Nullable String where,
        @Nullable String different,
        @Nullable Passes passes,
        @Nullable String triggers,
        List<Limit> limits,
        @Nullable Double rowsPerSecondNow,
        int slotsNow,
        String spec) {

    public JobDetails {
        key = List.copyOf(key);
        expressions = List.copyOf(expressions);
        limits = List.copyOf(limits);
    }

    /**
     * The submission.
     *
     * @param by who submitted it, as the origin knows the person; null: not recorded
     * @param role the database role
     * @param at when
     * @param origin where the request came from, such as cli; null: not recorded
     */
    public record Submitted(
            @Nullable String by,
            String role,
            Instant at,
            @Nullable String origin) {}

    /**
     * The passes of a walk.
     *
     * @param count how many
     * @param reason why; null: submitted by a release that made only one
     * @param merged whether what is left of each shard is done in one, since passes win nothing
     */
    public record Passes(int count, @Nullable String reason, boolean merged) {}

    /**
     * Where copies go.
     *
     * @param table the table, quoted where needed, by its name at submission
     * @param key the columns by which a row is found that is there already
     * @param onConflict what becomes of such a row: nothing, update or fail
     * @param writeBack the columns of the job's own table that are given a column of the copy
     */
    public record Into(String table, List<String> key, String onConflict, Map<String, String> writeBack) {
        /** Copies the collections. */
        public Into {
            key = List.copyOf(key);
            writeBack = Collections.unmodifiableMap(new LinkedHashMap<>(writeBack));
        }
    }

    /**
     * The expression that a column is set to.
     *
     * @param column the column, quoted where needed
     * @param sql the expression now
     * @param changed who replaced it last; null: as submitted
     */
    public record Expression(
            String column, String sql, @Nullable Changed changed) {}

    /**
     * A limit, by the name of the option that sets it.
     *
     * @param value its value, as the option is written
     * @param changed who changed it last; null: as submitted
     */
    public record Limit(String name, String value, @Nullable Changed changed) {}

    /**
     * The last change of a setting.
     *
     * @param by who changed it
     * @param at when
     * @param before the value before
     */
    public record Changed(String by, Instant at, String before) {}
}
