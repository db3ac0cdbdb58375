package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.postgres.migration.SyncModel.Raised;
import dev.backfleet.coordinator.postgres.migration.SyncModel.Row;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writers of all kinds, at random: old code, new code, code that writes both shapes, code that writes neither, the migration's own job and
 * another one's; by update, insert, COPY, upsert and MERGE, through triggers, between partitions, and in savepoints that are taken back.
 */
final class SyncWriters {
    private static final int KEYS = 3;
    private static final int MERGE = 15;
    private static final String[] NAMES = {
        null, "", "Ann B", "ann b", "Ann  B", " Ann B ", "Cy", "D!ana E", "Eve F G", "eve f g", "!", "O'Neil \\ x"
    };
    private static final String[] WORDS = {null, "", "Ann", "ann", "B", "x!", "F G"};
    private static final String[] DOCS = {null, "{\"a\":1}", "{\"a\": 1}", "[]", "\"Ab\""};

    private final Connection connection;
    private final Statement statement;
    private final SyncTables table;
    private final Random random;
    private final boolean merges;
    private final List<String> done = new ArrayList<>();
    private SyncModel model;

    SyncWriters(Connection connection, Statement statement, SyncTables table, SyncModel model, long seed)
            throws SQLException {
        this.connection = connection;
        this.statement = statement;
        this.table = table;
        this.model = model;
        this.random = new Random(seed);
        this.merges = connection.getMetaData().getDatabaseMajorVersion() >= MERGE;
    }

    /** Rows that were written before the sync was there. */
    void before() throws SQLException {
        statement.execute("set local session_replication_role = replica");
        for (var id = 0; id < KEYS - 1; id++) {
            var row = model.unsynced(Row.EMPTY.old(pick(NAMES), pick(DOCS)));
            run("before", "insert into " + table.name() + " " + table.insertColumns() + " values " + values(id, row));
            model.rows.put(id, row);
        }
        statement.execute("set local session_replication_role = origin");
    }

    /** One write, after which the table holds what the model holds. */
    void write() throws SQLException, IOException {
        var kind = random.nextInt(15);
        var before = model.copy();
        statement.execute("savepoint backfleet_test");
        try {
            act(kind);
        } catch (Raised e) {
            throw new AssertionError("the model raises where the statement does not: " + done, e);
        } catch (SQLException e) {
            if (!"22012".equals(e.getSQLState())) {
                throw e;
            }
            statement.execute("rollback to savepoint backfleet_test");
            assertRaises(before, e);
        }
        statement.execute("release savepoint backfleet_test");
        assertThat(stored()).as(String.join("; ", done)).isEqualTo(model.rows);
    }

    // The model has raised as well, before it has changed.
    private void assertRaises(SyncModel before, SQLException e) {
        assertThat(expected).as("%s: %s", done, e).isInstanceOf(Raised.class);
        expected = null;
        model = before;
    }

    private @Nullable Raised expected;

    private void act(int kind) throws SQLException, IOException, Raised {
        switch (kind) {
            case 0, 1 -> update("old", row -> row.old(pick(NAMES), random.nextInt(3) == 0 ? pick(DOCS) : row.doc()));
            case 2, 3 ->
                update(
                        "new",
                        row -> row.fresh(
                                random.nextBoolean() ? pick(WORDS) : row.first(),
                                random.nextBoolean() ? pick(WORDS) : row.last(),
                                random.nextInt(4) == 0 ? pick(DOCS) : row.note()));
            case 4 ->
                update("both", row -> row.old(pick(NAMES), row.doc()).fresh(pick(WORDS), pick(WORDS), row.note()));
            case 5 -> update("neither", row -> row.other(row.other() + 1));
            case 6 -> update("nick", row -> row.nick("N" + random.nextInt(5) + " M"));
            case 7 -> move();
            case 8 -> ownJob();
            case 9 -> otherJob();
            case 10 -> throughATrigger();
            case 11 -> upsert();
            case 12 -> merge();
            case 13 -> copyOrDelete();
            default -> takenBack();
        }
    }

    private void update(String name, UnaryOperator<Row> change) throws SQLException, Raised {
        var id = random.nextInt(KEYS);
        var before = model.rows.get(id);
        if (before == null) {
            insert(id, change.apply(Row.EMPTY));
            return;
        }
        var written = change.apply(before);
        expect(() -> model.updated(before, written));
        run(name, "update " + table.name() + " set " + assignments(before, written) + " where id = " + id);
        apply(id);
    }

    // To another partition, which is a deletion here and an insertion there.
    private void move() throws SQLException, Raised {
        var id = random.nextInt(KEYS);
        var before = model.rows.get(id);
        if (before == null) {
            return;
        }
        var moved = before.k(1 - before.k());
        expect(() -> table.partitioned() ? model.inserted(model.updated(before, moved)) : model.updated(before, moved));
        run("move", "update " + table.name() + " set k = 1 - k where id = " + id);
        apply(id);
    }

    private void insert(int id, Row row) throws SQLException, Raised {
        expect(() -> model.inserted(row));
        run("insert", "insert into " + table.name() + " " + table.insertColumns() + " values " + values(id, row));
        apply(id);
    }

    // What a batch, a retry and a repair do: expressions of the spec, in a transaction that names the migration.
    private void ownJob() throws SQLException, Raised {
        guard(SyncTables.MIGRATION);
        run("own job", "update " + table.name() + " set " + table.ups() + " where " + table.unfilled());
        guard("");
        for (var row : model.rows.entrySet()) {
            if (!row.getValue().hasNew()
                    && (row.getValue().full() == null || !row.getValue().full().contains("!"))) {
                row.setValue(model.unsynced(SyncModel.up(row.getValue())));
            }
        }
    }

    private void otherJob() throws SQLException, Raised {
        guard("other");
        try {
            update("other job", row -> row.old(pick(NAMES), row.doc()));
        } finally {
            if (expected == null) {
                guard("");
            }
        }
    }

    private void throughATrigger() throws SQLException, Raised {
        var id = random.nextInt(KEYS);
        var before = model.rows.get(id);
        var name = pick(NAMES);
        if (before == null) {
            return;
        }
        expect(() -> model.updated(before, before.old(name, before.doc())));
        run("inbox", "insert into " + table.inbox() + " values (" + id + ", " + text(name) + ")");
        apply(id);
    }

    // EXCLUDED holds what the trigger has made of the row that was to be inserted.
    private void upsert() throws SQLException, Raised {
        var id = random.nextInt(KEYS);
        var written = random.nextBoolean()
                ? Row.EMPTY.old(pick(NAMES), pick(DOCS))
                : Row.EMPTY.fresh(pick(WORDS), pick(WORDS), pick(DOCS));
        var before = model.rows.get(id);
        var k = before == null ? 0 : before.k();
        var old = random.nextBoolean();
        expect(() -> {
            var proposed = model.inserted(written.k(k));
            if (before == null) {
                return proposed;
            }
            return model.updated(
                    before,
                    old
                            ? before.old(proposed.full(), before.doc())
                            : before.fresh(proposed.first(), proposed.last(), before.note()));
        });
        run(
                "upsert",
                "insert into " + table.name() + " " + table.insertColumns() + " values " + values(id, written.k(k))
                        + " on conflict (id, k) do update set " + table.fromExcluded(old));
        apply(id);
    }

    private void merge() throws SQLException, Raised {
        if (!merges) {
            return;
        }
        var id = random.nextInt(KEYS);
        var name = pick(NAMES);
        var before = model.rows.get(id);
        expect(() -> before == null
                ? model.inserted(Row.EMPTY.old(name, null))
                : model.updated(before, before.old(name, before.doc())));
        run("merge", table.merge(id, text(name)));
        apply(id);
    }

    private void copyOrDelete() throws SQLException, IOException, Raised {
        var id = random.nextInt(KEYS);
        if (model.rows.remove(id) != null) {
            run("delete", "delete from " + table.name() + " where id = " + id);
            return;
        }
        var row = random.nextBoolean()
                ? Row.EMPTY.old(pick(NAMES), pick(DOCS))
                : Row.EMPTY.fresh(pick(WORDS), pick(WORDS), pick(DOCS));
        expect(() -> model.inserted(row));
        done.add("copy " + id + " " + row);
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                        "copy " + table.name() + " " + table.insertColumns() + " from stdin (format csv, null '\\N')",
                        new StringReader(table.csv(id, row)));
        apply(id);
    }

    private void takenBack() throws SQLException, IOException, Raised {
        var kept = model.copy();
        statement.execute("savepoint backfleet_inner");
        act(random.nextInt(13));
        statement.execute("rollback to savepoint backfleet_inner");
        done.add("rolled back");
        model = kept;
    }

    private Row planned = Row.EMPTY;

    // What is stored is computed before the statement runs, and the statement then fails if that fails.
    private void expect(Expectation expectation) {
        try {
            expected = null;
            planned = expectation.run();
        } catch (Raised e) {
            expected = e;
        }
    }

    private void apply(int id) throws Raised {
        if (expected != null) {
            throw expected;
        }
        model.rows.put(id, planned);
    }

    private void guard(String migration) throws SQLException {
        done.add("guard '" + migration + "'");
        statement.execute("select set_config('backfleet.sync', '" + migration + "', true)");
    }

    private void run(String kind, String sql) throws SQLException {
        done.add(kind + ": " + sql);
        statement.execute(sql);
    }

    private String assignments(Row before, Row after) {
        var all = new ArrayList<String>();
        var from = SyncTables.columns(before);
        var to = SyncTables.columns(after);
        for (var column : to.keySet()) {
            // Now and then a column is set to the value that it has.
            if (!Objects.equals(from.get(column), to.get(column)) || random.nextInt(8) == 0) {
                all.add(table.column(column) + " = " + to.get(column));
            }
        }
        return all.isEmpty() ? "other = other" : String.join(", ", all);
    }

    private static String values(int id, Row row) {
        return "(" + id + ", " + String.join(", ", SyncTables.columns(row).values()) + ")";
    }

    private Map<Integer, Row> stored() throws SQLException {
        var rows = new TreeMap<Integer, Row>();
        try (var found = statement.executeQuery(table.select())) {
            while (found.next()) {
                rows.put(
                        found.getInt(1),
                        new Row(
                                found.getString(2),
                                found.getString(3),
                                found.getString(4),
                                found.getString(5),
                                found.getString(6),
                                found.getString(7),
                                found.getInt(8),
                                found.getInt(9)));
            }
        }
        return rows;
    }

    private @Nullable String pick(@Nullable String[] values) {
        return values[random.nextInt(values.length)];
    }

    static String text(@Nullable String value) {
        return value == null ? "null" : "'" + value.replace("'", "''") + "'";
    }

    private interface Expectation {
        Row run() throws Raised;
    }
}
