package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.unit.HumanText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The server session that holds an advisory lock of a command: it may go on after its command was ended with Ctrl-C. */
public final class LockingSession {
    // The key of a lock is an OID, or an id, in four bytes. What a session of another user does is not shown to
    // everybody.
    private static final String HOLDER = """
            select l.pid, a.usename, a.application_name, a.state = 'active' as active,
                   extract(epoch from clock_timestamp() - case when a.state = 'active' then a.query_start else a.backend_start end) as seconds,
                   (select p.phase from pg_catalog.pg_stat_progress_create_index p where p.pid = l.pid) as phase,
                   nullif(pg_catalog.left(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 60), '<insufficient privilege>') as query
            from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.objid = ?::oid
              and l.classid = (pg_catalog.hashtext(?)::bigint & 4294967295)
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
            """;

    private LockingSession() {}

    /**
     * In words, such as {@code pid 4711, user ada, application backfleet migration, for 12m: building index: loading tuples in tree}.
     *
     * @param name what the lock is about, as its key is made of
     * @param key the second part of its key, as a positive number
     * @return a word for an unknown one if it is gone
     */
    public static String words(Connection connection, String name, long key) throws SQLException {
        try (var query = connection.prepareStatement(HOLDER)) {
            query.setLong(1, key);
            query.setString(2, name);
            try (var row = query.executeQuery()) {
                return row.next() ? words(row) : "a session that has ended meanwhile";
            }
        }
    }

    private static String words(ResultSet row) throws SQLException {
        var seconds = row.getDouble("seconds");
        var time = row.wasNull() ? "" : HumanText.elapsed(Duration.ofMillis((long) (seconds * 1000)));
        return Stream.of(
                                "pid " + row.getInt("pid"),
                                named("user", row.getString("usename")),
                                named("application", row.getString("application_name")))
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining(", "))
                + (time.isEmpty()
                        ? ""
                        : row.getBoolean("active") ? ", for " + time + doing(row) : ", connected for " + time);
    }

    private static String doing(ResultSet row) throws SQLException {
        var phase = row.getString("phase");
        var query = row.getString("query");
        return phase != null ? ": " + phase : query != null ? ": " + query : "";
    }

    private static String named(String what, @Nullable String name) {
        return name == null || name.isEmpty() ? "" : what + " " + name;
    }
}
