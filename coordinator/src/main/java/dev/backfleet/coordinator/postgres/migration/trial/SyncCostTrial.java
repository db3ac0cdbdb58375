package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.plan.SyncCost;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.CopySync;
import dev.backfleet.coordinator.migration.sync.Sync;
import dev.backfleet.coordinator.migration.sync.SyncFunction;
import dev.backfleet.coordinator.migration.sync.SyncTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Measures what the sync of a migration costs: some rows of the table are inserted into an empty temporary copy, several times without the
 * triggers and several times with them, in a transaction that is rolled back. The real table is read, and not locked against anybody.
 */
public final class SyncCostTrial {
    private static final int MOST_ROWS = 500;
    private static final int TIMES = 5;
    private static final String LOCK_WAIT = "20ms";
    private static final String SOURCE = "pg_temp.backfleet_source";

    private final Migration migration;
    private final TableShape table;
    private final TableName clone;
    private final Ticker ticker;

    /**
     * A trial.
     *
     * @param ticker the clock
     */
    public SyncCostTrial(Migration migration, TableShape table, Ticker ticker) {
        this.migration = migration;
        this.table = table;
        this.clone = TableName.of(Identifier.of("pg_temp"), table.name().name());
        this.ticker = ticker;
    }

    /** Measures it; nothing if the table has no rows, or if its rows cannot be inserted into a copy within the time limit. */
    public Optional<SyncCost> measured(Database database) {
        return database.read(connection -> {
            try (var statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute("start transaction read write");
                try {
                    return measured(statement);
                } finally {
                    if (!connection.isClosed()) {
                        statement.execute("rollback");
                    }
                }
            }
        });
    }

    private Optional<SyncCost> measured(Statement statement) throws SQLException {
        try {
            if (migration.ddl().role().isPresent()) {
                statement.execute(
                        "set local role " + migration.ddl().role().get().quoted());
            }
            statement.execute("set local lock_timeout = '" + LOCK_WAIT + "'");
            statement.execute(
                    "set local statement_timeout = " + migration.ddl().hold().toMillis());
            var rows = prepared(statement);
            if (rows == 0) {
                return Optional.empty();
            }
            var without = median(statement, rows);
            install(statement);
            return Optional.of(new SyncCost(rows, without, median(statement, rows)));
        } catch (SQLException e) {
            if (isOurConnectionLost(statement.getConnection())) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static boolean isOurConnectionLost(Connection connection) throws SQLException {
        return connection.isClosed();
    }

    private long prepared(Statement statement) throws SQLException {
        statement.execute("create temporary table backfleet_source as select " + columns() + " from "
                + table.name().quoted() + " limit " + MOST_ROWS);
        statement.execute("create temporary table " + clone.name().quoted() + " (like "
                + table.name().quoted() + " including defaults)");
        for (var column : table.added(migration).entrySet()) {
            statement.execute("alter table " + clone.quoted() + " add column "
                    + column.getKey().quoted() + " " + column.getValue());
        }
        try (var row = statement.executeQuery("select count(*) from " + SOURCE)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void install(Statement statement) throws SQLException {
        var sync = migration.copy().isPresent() ? copies(statement) : ofOneTable();
        statement.execute(sync.create());
        for (var trigger : sync.triggers()) {
            statement.execute(trigger.statement());
        }
    }

    private Sync ofOneTable() {
        var shape = table.synced(migration);
        var own = new SyncTable(clone, shape.columns(), shape.defaults(), shape.composite(), shape.settings());
        return new SyncFunction(migration, own);
    }

    // The key of the copies is needed, so its indexes are there; foreign keys are not.
    private Sync copies(Statement statement) throws SQLException {
        var copied = table.made().sync().copied().orElseThrow();
        var into = table.into().orElseThrow().name();
        statement.execute("create temporary table " + into.name().quoted() + " (like " + into.quoted()
                + " including defaults including identity including generated including indexes)");
        return new CopySync(migration, copied.at(clone).into(TableName.of(Identifier.of("pg_temp"), into.name())));
    }

    // The first time is for the plans.
    private double median(Statement statement, long rows) throws SQLException {
        var micros = new double[TIMES];
        for (var time = -1; time < TIMES; time++) {
            statement.execute("truncate " + clone.quoted());
            var from = ticker.now();
            statement.execute("insert into " + clone.quoted() + " (" + columns() + ") select * from " + SOURCE);
            if (time >= 0) {
                micros[time] = ticker.now().minus(from).toNanos() / 1e3 / rows;
            }
        }
        Arrays.sort(micros);
        return micros[TIMES / 2];
    }

    private String columns() {
        return table.columns().stream()
                .filter(column -> !column.generated() && !migration.newColumns().contains(column.name()))
                .map(ColumnShape::name)
                .map(Identifier::quoted)
                .collect(Collectors.joining(", "));
    }
}
