package dev.backfleet.coordinator.postgres.review;

/**
 * The parts of the statement that reads the state of the server. Each is a query whose columns are named as the components of a record
 * of {@code pin.state}.
 */
final class ServerStatements {
    private ServerStatements() {}

    // A session that may not be seen has no start.
    static final String TRANSACTIONS = """
            select x.*
            from (
              select a.pid as "pid", null as "prepared", a.usename::text as "role", a.application_name as "application",
                     a.state as "state", extract(epoch from clock_timestamp() - a.xact_start)::float8 as "seconds"
              from pg_catalog.pg_stat_activity a
              where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start is not null
                and coalesce(a.backend_type, 'client backend') = 'client backend'
                and not starts_with(coalesce(a.application_name, ''), 'backfleet')
              union all
              select null, p.gid, p.owner::text, null, null, extract(epoch from clock_timestamp() - p.prepared)::float8
              from pg_catalog.pg_prepared_xacts p where p.database = current_database()
            ) x
            order by x."seconds" desc
            limit 5""";

    static final String STANDBYS = """
            select coalesce(r.application_name, '') as "name", r.state as "state", r.sync_state as "sync",
                   coalesce(extract(epoch from r.replay_lag), 0)::float8 as "lagSeconds",
                   case when pg_is_in_recovery() then 0
                        else coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.replay_lsn, r.flush_lsn, r.sent_lsn)), 0)
                   end::bigint as "lagBytes"
            from pg_catalog.pg_stat_replication r where r.state is distinct from 'backup' order by 1""";

    static final String SLOTS = """
            select s.slot_name::text as "name", s.slot_type = 'logical' as "logical", s.active as "active",
                   case when pg_is_in_recovery() then 0
                        else coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0) end::bigint as "retained",
                   coalesce(s.wal_status in ('unreserved', 'lost'), false) as "lost",
                   greatest(coalesce(age(s.xmin), 0), coalesce(age(s.catalog_xmin), 0)) as "xminAge"
            from pg_catalog.pg_replication_slots s order by 1""";

    static final String AGES = """
            select age(d.datfrozenxid) as "transactions", mxid_age(d.datminmxid) as "multixacts",
                   current_setting('autovacuum_freeze_max_age')::bigint as "freezeMax",
                   current_setting('autovacuum_multixact_freeze_max_age')::bigint as "multixactFreezeMax",
                   greatest(
                     (select max(age(a.backend_xmin)) from pg_catalog.pg_stat_activity a),
                     (select max(greatest(age(s.xmin), age(s.catalog_xmin))) from pg_catalog.pg_replication_slots s),
                     (select max(age(p.transaction)) from pg_catalog.pg_prepared_xacts p), 0) as "held"
            from pg_catalog.pg_database d where d.datname = current_database()""";

    // Of this role, of the roles of workers and coordinators that are connected, and the timeouts of all.
    static final String SETTINGS = """
            select nullif(r.setrole, 0)::regrole::text as "role", lower(split_part(c.entry, '=', 1)) as "name",
                   substr(c.entry, strpos(c.entry, '=') + 1) as "value",
                   r.setrole = 0 or r.setrole in (
                     select a.usesysid from pg_catalog.pg_stat_activity a
                     where a.pid = pg_backend_pid() or starts_with(coalesce(a.application_name, ''), 'backfleet')) as "ours"
            from pg_catalog.pg_db_role_setting r cross join unnest(r.setconfig) c (entry)
            where r.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
              and lower(split_part(c.entry, '=', 1)) in ('statement_timeout', 'lock_timeout', 'default_transaction_read_only',
                'search_path', 'session_replication_role', 'idle_in_transaction_session_timeout', 'transaction_timeout',
                'deadlock_timeout')
            order by r.setrole, r.setdatabase, 2""";

    static final String MONITOR = "pg_has_role(current_user, 'pg_read_all_stats', 'usage')";

    static final String SYNCHRONOUS = "current_setting('synchronous_standby_names')";

    static final String WAITS = "current_setting('synchronous_commit') not in ('off', 'local')";

    /** In bytes; the setting is in megabytes, and -1 if there is no limit. */
    static final String SLOT_LIMIT = "(select greatest(g.setting::bigint * 1048576, -1) from pg_catalog.pg_settings g"
            + " where g.name = 'max_slot_wal_keep_size')";

    static final String AUTOVACUUM =
            "current_setting('autovacuum')::boolean and current_setting('track_counts')::boolean";

    static final String MAX_WAL =
            "(select g.setting::bigint * 1048576 from pg_catalog.pg_settings g where g.name = 'max_wal_size')";
}
