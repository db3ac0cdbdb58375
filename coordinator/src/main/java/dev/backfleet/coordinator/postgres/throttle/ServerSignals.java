package dev.backfleet.coordinator.postgres.throttle;

import static dev.backfleet.common.throttle.Signal.BLOCKED_SESSIONS;
import static dev.backfleet.common.throttle.Signal.BLOCKED_TIME;
import static dev.backfleet.common.throttle.Signal.CHECKPOINTS;
import static dev.backfleet.common.throttle.Signal.CONNECTIONS;
import static dev.backfleet.common.throttle.Signal.OLDEST_TRANSACTION;
import static dev.backfleet.common.throttle.Signal.OLDEST_XMIN;
import static dev.backfleet.common.throttle.Signal.REPLICATION_LAG;
import static dev.backfleet.common.throttle.Signal.REPLICATION_LAG_BYTES;
import static dev.backfleet.common.throttle.Signal.SLOT_WAL;
import static dev.backfleet.common.throttle.Signal.WAL_RATE;

import dev.backfleet.common.throttle.Signal;
import java.util.List;

/**
 * The statements that read signals of the whole server. Each returns one row: the signals in their order, NULL for one
 * that does not exist on this server, then whether the server hides the needed rows from this role.
 *
 * @param signals the signals of its columns
 * @param oldest the oldest major version of the server that it works on
 * @param newest the newest one
 * @param sql the statement
 */
record ServerSignals(List<Signal> signals, int oldest, int newest, String sql) {

    /** A standby that has replayed everything and is idle reports no lag. */
    private static final ServerSignals REPLICATION = gauge(List.of(REPLICATION_LAG, REPLICATION_LAG_BYTES), """
            select case when count(*) > 0 then coalesce(max(extract(epoch from replay_lag)), 0) end,
                   max(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(replay_lsn, flush_lsn, sent_lsn))),
                   coalesce(bool_or(state is null), false)
            from pg_catalog.pg_stat_replication
            where state is distinct from 'backup'
            """);

    private static final ServerSignals SLOTS = gauge(List.of(SLOT_WAL), """
            select max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), false
            from pg_catalog.pg_replication_slots
            """);

    /**
     * Since when a session {@code a} waits for a lock {@code l}. PostgreSQL 13 does not know it: there, since when its
     * statement runs.
     */
    static final String WAITS_SINCE = """
            coalesce((pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz,
              case when current_setting('server_version_num')::integer < 140000 then a.query_start end)""";

    /** pg_blocking_pids locks the lock tables for a moment: it is called only for sessions that wait. */
    private static final ServerSignals BLOCKED =
            gauge(List.of(BLOCKED_SESSIONS, BLOCKED_TIME), """
            with ours as materialized (
              select array_agg(pid) as pids from pg_catalog.pg_stat_activity where application_name like 'backfleet-worker/%%'
            ), waiting as materialized (
              select l.pid, min(%s) as since
              from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid, ours
              where not l.granted and not l.pid = any(coalesce(ours.pids, '{}'))
              group by l.pid
            )
            select count(*), coalesce(max(extract(epoch from clock_timestamp() - since)), 0), false
            from waiting, ours
            where pg_catalog.pg_blocking_pids(waiting.pid) && ours.pids
            """.formatted(WAITS_SINCE));

    private static final ServerSignals WAL =
            gauge(List.of(WAL_RATE), "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), false");

    /** A session with a snapshot or a transaction id is in a transaction; its start is visible only to its role and to pg_read_all_stats. */
    private static final ServerSignals TRANSACTIONS = gauge(List.of(OLDEST_TRANSACTION), """
            select greatest(0, extract(epoch from clock_timestamp() - least(min(xact_start),
                     (select min(prepared) from pg_catalog.pg_prepared_xacts where database = current_database())))),
                   coalesce(bool_or(query = '<insufficient privilege>' and coalesce(backend_xmin, backend_xid) is not null
                     and pid not in (select pid from pg_catalog.pg_stat_progress_vacuum)), false)
            from pg_catalog.pg_stat_activity
            where datname = current_database()
              and coalesce(application_name, '') not like 'backfleet-%'
            """);

    private static final ServerSignals XMIN = gauge(List.of(OLDEST_XMIN), """
            select greatest(
                     (select max(age(backend_xmin)) from pg_catalog.pg_stat_activity),
                     (select max(greatest(age(xmin), age(catalog_xmin))) from pg_catalog.pg_replication_slots),
                     (select max(age(transaction)) from pg_catalog.pg_prepared_xacts), 0),
                   false
            """);

    private static final ServerSignals CONNECTED = gauge(List.of(CONNECTIONS), """
            select 100.0 * sum(numbackends) / current_setting('max_connections')::int, false
            from pg_catalog.pg_stat_database
            """);

    private static final ServerSignals CHECKPOINTS_REQUESTED = new ServerSignals(
            List.of(CHECKPOINTS),
            17,
            Integer.MAX_VALUE,
            "select num_requested, false from pg_catalog.pg_stat_checkpointer");

    /** Before PostgreSQL 17. */
    private static final ServerSignals CHECKPOINTS_OF_OLD = new ServerSignals(
            List.of(CHECKPOINTS), 0, 16, "select checkpoints_req, false from pg_catalog.pg_stat_bgwriter");

    /** All of them. */
    static final List<ServerSignals> ALL = List.of(
            REPLICATION, SLOTS, BLOCKED, WAL, TRANSACTIONS, XMIN, CONNECTED, CHECKPOINTS_REQUESTED, CHECKPOINTS_OF_OLD);

    private static ServerSignals gauge(List<Signal> signals, String sql) {
        return new ServerSignals(signals, 0, Integer.MAX_VALUE, sql);
    }

    boolean fits(int serverVersion) {
        return serverVersion >= oldest && serverVersion <= newest;
    }
}
