package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.TableName;
import java.sql.SQLException;
import java.util.List;

/** Finds the sessions whose locks on a table block a submission. */
public final class LockHolders {
    // Locks that conflict with planning an UPDATE, held or requested: a request in the queue blocks those behind it.
    private static final String HOLDERS = """
            select distinct l.relation::regclass || ': server process ' || l.pid
              || coalesce(', user ' || a.usename, '') || coalesce(', application ' || nullif(a.application_name, ''), '')
              || coalesce(', since ' || to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '')
              || case when l.granted then ' holds ' else ' waits for ' end || l.mode
            from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'relation' and l.pid <> pg_backend_pid()
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
              and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              and (l.relation = to_regclass(:table)
                or l.relation in (select relid from pg_catalog.pg_partition_tree(to_regclass(:table))))
            """;

    private final Database database;

    public LockHolders(Database database) {
        this.database = database;
    }

    /** The failure itself; if it is a timeout of a lock, a failure that names the sessions that hold the lock. */
    public RuntimeException explained(TableName table, RuntimeException failure) {
        if (!isLockTimeout(failure)) {
            return failure;
        }
        var holders = holders(table);
        return new ExplainedFailure(
                Kind.TIMED_OUT,
                "the table " + table + " is locked, and nothing was stored; "
                        + (holders.isEmpty() ? "the session that held the lock has ended" : String.join("; ", holders)),
                "try again when it has ended, or end it with pg_terminate_backend",
                failure);
    }

    private List<String> holders(TableName table) {
        return database.jdbi().withHandle(handle -> handle.createQuery(HOLDERS)
                .bind("table", table.quoted())
                .mapTo(String.class)
                .list());
    }

    private static boolean isLockTimeout(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && SqlStateCodes.LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
