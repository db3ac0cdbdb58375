package dev.backfleet.coordinator.postgres.review;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.stored.StoredJson;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.TableState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;

/** The statements that read the state of a job's table, and of the server: one round trip each. */
public final class StateStore {
    private static final int HAS_VERSION_OF_DEFAULT_COLLATION = 15;

    private static final StoredJson<TableState> TABLE_JSON = new StoredJson<>("state of a table", 1, TableState.class);
    private static final StoredJson<ServerState> SERVER_JSON =
            new StoredJson<>("state of a server", 1, ServerState.class);

    private static final String TABLE = "with " + TableStatements.TABLES + " select jsonb_build_object("
            + String.join(
                    ", ",
                    list("relations", TableStatements.RELATIONS),
                    list("indexed", TableStatements.INDEXED),
                    list("triggers", TableStatements.TRIGGERS),
                    list("foreignKeys", TableStatements.FOREIGN_KEYS),
                    list("unvalidated", TableStatements.UNVALIDATED),
                    list("publications", TableStatements.PUBLICATIONS),
                    list("collations", TableStatements.COLLATIONS),
                    list("functions", TableStatements.FUNCTIONS),
                    list("widths", TableStatements.WIDTHS))
            + ")::text";

    private static final String SERVER = "select jsonb_build_object("
            + String.join(
                    ", ",
                    value("monitor", ServerStatements.MONITOR),
                    list("transactions", ServerStatements.TRANSACTIONS),
                    list("standbys", ServerStatements.STANDBYS),
                    list("slots", ServerStatements.SLOTS),
                    value("synchronous", ServerStatements.SYNCHRONOUS),
                    value("waitsForStandby", ServerStatements.WAITS),
                    value("slotWalLimit", ServerStatements.SLOT_LIMIT),
                    value("ages", "(select to_jsonb(x) from (" + ServerStatements.AGES + ") x)"),
                    list("settings", ServerStatements.SETTINGS),
                    value("autovacuum", ServerStatements.AUTOVACUUM),
                    value("maxWal", ServerStatements.MAX_WAL),
                    value("deadlockMillis", "(" + SessionSettings.DEADLOCK_TIMEOUT + ")"),
                    value("now", "extract(epoch from now())"))
            + ")::text";

    private final Handle handle;

    public StateStore(Handle handle) {
        this.handle = handle;
    }

    /** The state of a job's table and of what hangs on it. */
    public TableState table(PinnedSpec pinned) {
        var job = pinned.definition();
        var expressions = job.work().expressions();
        var columns = new ArrayList<>(job.work().columns());
        columns.addAll(pinned.computed());
        return handle.createQuery(TABLE.replace(
                        "{default}",
                        version() >= HAS_VERSION_OF_DEFAULT_COLLATION ? TableStatements.DEFAULT_COLLATION : ""))
                .bind("relation", job.table().oid())
                .bindArray("columns", String.class, columns)
                .bindArray(
                        "key",
                        String.class,
                        job.key().stream().map(KeyColumn::name).toArray())
                .bindArray("calls", String.class, all(expressions, SqlExpression::calls))
                .bindArray("names", String.class, all(expressions, SqlExpression::names))
                .map((row, context) -> TABLE_JSON.read(row.getString(1)))
                .one();
    }

    /** The state of the server. */
    public ServerState server() {
        return handle.createQuery(SERVER)
                .map((row, context) -> SERVER_JSON.read(row.getString(1)))
                .one();
    }

    private static Object[] all(List<SqlExpression> expressions, Function<SqlExpression, Set<String>> names) {
        return expressions.stream()
                .flatMap(expression -> names.apply(expression).stream())
                .distinct()
                .toArray();
    }

    private int version() {
        try {
            return handle.getConnection().getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static String list(String name, String query) {
        return value(name, "(select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (" + query + "\n) x)");
    }

    private static String value(String name, String expression) {
        return "'" + name + "', " + expression;
    }
}
