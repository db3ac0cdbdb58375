package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.WalRateLimiter;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The WAL of the fleet: of its own sessions where the server counts it by session (PostgreSQL 18), else of the server. */
public final class PostgresWal implements WalRateLimiter.Wal {
    /** Names the WAL of the whole server. */
    public static final String SERVER = "server";

    private static final String LIMITS =
            "select id, wal_limit from backfleet.job where wal_limit is not null and state = 'RUNNING'";

    private static final String ROWS = """
            select j.id, j.tallied_changed + s.changed as changed
            from backfleet.job j cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) s
            where j.finished_at is null
            """;

    private static final String COUNTS_BY_SESSION =
            "select to_regprocedure('pg_catalog.pg_stat_get_backend_wal(integer)') is not null";

    private static final String OF_SESSIONS = """
            select a.pid || '/' || a.backend_start as source, w.wal_bytes::bigint as bytes
            from pg_catalog.pg_stat_activity a, pg_catalog.pg_stat_get_backend_wal(a.pid) w
            where a.application_name like 'backfleet-worker/%' and a.datname = current_database() and w.wal_bytes is not null
            """;

    private static final String OF_THE_SERVER = "select '" + SERVER
            + "' as source, pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::bigint as bytes";

    private static final String STORE = """
            update backfleet.job set wal_rows = :rows where id = :job and wal_limit is not null
            """;

    private final Database database;

    public PostgresWal(Database database) {
        this.database = database;
    }

    @Override
    public Map<Long, Long> limits() {
        return database.jdbi().withHandle(handle -> handle.createQuery(LIMITS)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getLong("wal_limit")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public WalRateLimiter.Reading read() {
        return database.jdbi().inTransaction(handle -> {
            // As for the counts: all shards of a job are too many to look at each second.
            handle.execute("set local enable_seqscan = off");
            handle.execute("set local enable_bitmapscan = off");
            return new WalRateLimiter.Reading(rows(handle), bytes(handle));
        });
    }

    @Override
    public void store(long job, double rowsPerSecond) {
        database.jdbi().useHandle(handle -> handle.createUpdate(STORE)
                .bind("job", job)
                .bind("rows", rowsPerSecond)
                .execute());
    }

    private static Map<Long, Long> rows(Handle handle) {
        return handle.createQuery(ROWS)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getLong("changed")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The WAL of each session of the fleet; of the server, under the name {@link #SERVER}, where it does not count by session. */
    public static Map<String, Long> bytes(Handle handle) {
        var bySession =
                handle.createQuery(COUNTS_BY_SESSION).mapTo(Boolean.class).one();
        return handle.createQuery(bySession ? OF_SESSIONS : OF_THE_SERVER)
                .map((row, context) -> Map.entry(row.getString("source"), row.getLong("bytes")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
