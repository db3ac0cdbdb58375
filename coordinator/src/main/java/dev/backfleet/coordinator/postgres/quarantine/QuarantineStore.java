package dev.backfleet.coordinator.postgres.quarantine;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import dev.backfleet.coordinator.query.quarantine.QuarantinedRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about {@code backfleet.quarantine}; a statement that removes rows also counts them in the job's row, which it locks first. */
public final class QuarantineStore {

    private static final String PAGE = """
            select q.*, r.schema_name, r.table_name
            from backfleet.quarantine q
            join backfleet.job_relation r on r.job_id = q.job_id and r.relation = q.relation
            where q.job_id = :job and q.id > :after order by q.id limit :limit
            """;

    private static final String COUNT = "select quarantined from backfleet.job where id = :job";

    private static final String SPENT = """
            select quarantined, budget_rows, budget_ratio from backfleet.job j
            where id = :job and quarantined > 0 and backfleet.budget_spent(j, '') is not null
            """;

    private static final String REASONS = """
            select count(*) as rows, sqlstate, message from backfleet.quarantine
            where job_id = :job group by sqlstate, message order by 1 desc, 2, 3 limit 10
            """;

    private static final String NUMBERS = """
            select id from backfleet.quarantine
            where job_id = :job and (:key::text[] is null or key = :key::text[]) order by id
            """;

    private static final String DROP = """
            with dropped as (
              delete from backfleet.quarantine
              where job_id = :job and (:key::text[] is null or key = :key::text[])
              returning sqlstate
            ), counted as (
              update backfleet.job
              set quarantined = quarantined - (select count(*) from dropped), dismissed = dismissed + (select count(*) from dropped)
              where id = :job
            )
            select coalesce(sum(n), 0)::bigint as total, string_agg(sqlstate || ': ' || n, ', ' order by n desc, sqlstate) as words
            from (select sqlstate, count(*) as n from dropped group by sqlstate) d
            """;

    private static final String REJECTED_AGAIN = """
            update backfleet.quarantine
            set sqlstate = :code, message = :message, at = clock_timestamp(), retries = retries + 1
            where id = :id
            """;

    private static final String REMOVE_DROPPED = """
            with job as materialized (
              select j.id from backfleet.job j where j.id = :job for no key update
            ), removed as (
              delete from backfleet.quarantine q using job
              where q.job_id = job.id and q.id = :id and not exists (select from pg_catalog.pg_class c where c.oid = q.relation)
              returning 1
            ), counted as (
              update backfleet.job set quarantined = quarantined - 1 where id = :job and exists (select from removed)
            )
            select count(*) from removed
            """;

    private static final String RELATION = """
            select r.relation::bigint as relation from backfleet.quarantine r where r.id = :id
            """;

    private final Handle handle;

    public QuarantineStore(Handle handle) {
        this.handle = handle;
    }

    /** Rows of a job after a number, in order. */
    List<QuarantinedRow> page(long job, long after, int limit) {
        return handle.createQuery(PAGE)
                .bind("job", job)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> row(row))
                .list();
    }

    /** How many rows of a job are in quarantine. */
    public long count(long job) {
        return handle.createQuery(COUNT).bind("job", job).mapTo(Long.class).one();
    }

    /** The error budget of a job, if no further row may be quarantined. */
    Optional<Resume.SpentBudget> spent(long job) {
        return handle.createQuery(SPENT)
                .bind("job", job)
                .map((row, context) -> new Resume.SpentBudget(
                        row.getLong("quarantined"),
                        row.getLong("budget_rows"),
                        new ErrorBudget(0, row.getDouble("budget_ratio")).percent()))
                .findOne();
    }

    /** The most frequent reasons. */
    List<QuarantinePage.Reason> reasons(long job) {
        return handle.createQuery(REASONS)
                .bind("job", job)
                .map((row, context) -> new QuarantinePage.Reason(
                        row.getLong("rows"), row.getString("sqlstate"), row.getString("message")))
                .list();
    }

    /** The numbers of a job's rows, or of those with a key. */
    List<Long> numbers(long job, Optional<List<String>> key) {
        return handle.createQuery(NUMBERS)
                .bind("job", job)
                .bind("key", array(key))
                .mapTo(Long.class)
                .list();
    }

    /** The table that a row is in; nothing if the row is no longer in quarantine. */
    Optional<Long> relation(long id) {
        return handle.createQuery(RELATION).bind("id", id).mapTo(Long.class).findOne();
    }

    /** Dismisses rows: they leave quarantine and stay unchanged. */
    Dropped drop(long job, Optional<List<String>> key) {
        new JobStore(handle).lock(job);
        return handle.createQuery(DROP)
                .bind("job", job)
                .bind("key", array(key))
                .map((row, context) -> new Dropped(row.getLong("total"), row.getString("words")))
                .one();
    }

    /** Removes a row whose table was dropped; whether it was removed. */
    boolean removeDropped(long job, long id) {
        return handle.createQuery(REMOVE_DROPPED)
                        .bind("job", job)
                        .bind("id", id)
                        .mapTo(Long.class)
                        .one()
                == 1;
    }

    /** Stores that a row was rejected again. */
    void rejectedAgain(long id, String code, String message) {
        handle.createUpdate(REJECTED_AGAIN)
                .bind("id", id)
                .bind("code", code)
                .bind("message", message)
                .execute();
    }

    private static String @Nullable [] array(Optional<List<String>> key) {
        return key.map(values -> values.toArray(String[]::new)).orElse(null);
    }

    private static QuarantinedRow row(ResultSet row) throws SQLException {
        var table =
                TableName.of(Identifier.of(row.getString("schema_name")), Identifier.of(row.getString("table_name")));
        return new QuarantinedRow(
                row.getLong("id"),
                List.of((String[]) row.getArray("key").getArray()),
                table.toString(),
                row.getInt("shard"),
                row.getString("sqlstate"),
                row.getString("message"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getInt("retries"),
                row.getString("worker"),
                row.getLong("epoch"));
    }

    /**
     * The rows that were dismissed.
     *
     * @param rows how many rows
     * @param words how many rows for each SQLSTATE; null if there was none
     */
    record Dropped(long rows, @Nullable String words) {}
}
