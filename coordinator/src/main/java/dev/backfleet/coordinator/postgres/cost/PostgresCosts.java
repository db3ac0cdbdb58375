package dev.backfleet.coordinator.postgres.cost;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.cost.GrowthMeasurement;
import dev.backfleet.coordinator.cost.WalBooks;
import dev.backfleet.coordinator.cost.WalReading;
import dev.backfleet.coordinator.postgres.throttle.PostgresWal;
import dev.backfleet.coordinator.postgres.undo.KeptRowStore;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Counts the WAL of jobs, and measures how much their tables have grown. */
public final class PostgresCosts implements WalBooks.Books, GrowthMeasurement.Ended {

    // A job that compares rows changes none. One that has ended is read until its sessions have published what they
    // wrote.
    private static final String ROWS = """
            select j.id, j.tallied_changed + s.changed as changed
            from backfleet.job j cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) s
            where j.reconciles is null and (j.finished_at is null or j.finished_at > now() - interval '5 seconds')
            """;

    private static final String BOOK = """
            update backfleet.job_cost c
            set wal_bytes = c.wal_bytes + b.bytes, wal_rows = c.wal_rows + b.rows, wal_of_server = c.wal_of_server or :ofServer
            from unnest(:jobs, :rows, :bytes) as b (job, rows, bytes) where c.job_id = b.job
            """;

    private static final String UNMEASURED = """
            select c.job_id from backfleet.job_cost c join backfleet.job j on j.id = c.job_id
            where j.finished_at is not null and (c.measured_at is null or c.measured_at < j.finished_at) order by c.job_id
            """;

    // The size of a table that is gone is null: it is left out of the sum, as one that came while the job ran.
    private static final String MEASURE = """
            update backfleet.job_cost c
            set table_growth = g.tables, index_growth = g.indexes, kept_bytes = :kept, measured_at = clock_timestamp()
            from (
              select sum(pg_catalog.pg_table_size(r.relation::regclass) - r.table_bytes)::bigint as tables,
                     sum(pg_catalog.pg_indexes_size(r.relation::regclass) - r.index_bytes)::bigint as indexes
              from backfleet.job_relation r where r.job_id = :job
            ) g
            where c.job_id = :job
            """;

    private final Database database;

    public PostgresCosts(Database database) {
        this.database = database;
    }

    @Override
    public WalReading read() {
        return database.jdbi().inTransaction(handle -> {
            // As for the counts: all shards of a job are too many to look at each second.
            handle.execute("set local enable_seqscan = off");
            handle.execute("set local enable_bitmapscan = off");
            var bytes = PostgresWal.bytes(handle);
            return new WalReading(rows(handle), bytes, bytes.containsKey(PostgresWal.SERVER));
        });
    }

    private static Map<Long, Long> rows(Handle handle) {
        return handle.createQuery(ROWS)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getLong("changed")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public void book(List<WalBooks.Entry> entries, boolean ofServer) {
        database.jdbi().useHandle(handle -> handle.createUpdate(BOOK)
                .bind("ofServer", ofServer)
                .bindArray(
                        "jobs",
                        Long.class,
                        entries.stream().map(WalBooks.Entry::job).toList())
                .bindArray(
                        "rows",
                        Long.class,
                        entries.stream().map(WalBooks.Entry::rows).toList())
                .bindArray(
                        "bytes",
                        Double.class,
                        entries.stream().map(WalBooks.Entry::bytes).toList())
                .execute());
    }

    @Override
    public List<Long> unmeasured() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(UNMEASURED).mapTo(Long.class).list());
    }

    @Override
    public void measure(long job) {
        database.jdbi().useTransaction(handle -> {
            handle.execute("set local lock_timeout = '2s'");
            handle.createUpdate(MEASURE)
                    .bind("job", job)
                    .bind("kept", new KeptRowStore(handle).bytes(job))
                    .execute();
        });
    }
}
