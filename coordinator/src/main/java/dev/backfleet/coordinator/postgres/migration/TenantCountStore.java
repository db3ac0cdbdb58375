package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.RowJudgement;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.cutover.CountingGate.TenantCount;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the wrong rows of a tenant by a scan of its rows, with the same judgement as the last reconcile. A tenant with more than
 * {@value #MOST} rows, or one that takes longer than {@link #LIMIT} to count, is left to the reconcile.
 */
public final class TenantCountStore implements TenantCount {
    private static final int MOST = 1_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final String PASS = """
            select j.id, j.definition from backfleet.job j
            where j.reconciles = ? and j.state = 'SUCCEEDED' order by j.id desc limit 1
            """;

    private static final String LEAVES =
            "select schema_name, table_name from backfleet.job_relation where job_id = ? order by relation";

    private static final String COUNT = """
            select count(*), count(*) filter (where backfleet_row.finding > 0)
            from (select %1$s as finding from only %2$s as %3$s where %3$s.%4$s = %5$s limit %6$d) as backfleet_row
            """;

    private final Database database;

    public TenantCountStore(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, String> wrong(long backfill, List<String> tenants) {
        return database.read(connection -> pass(connection, backfill)
                .map(pass -> wrong(connection, pass, tenants))
                .orElse(Map.of()));
    }

    private static Optional<Pass> pass(Connection connection, long backfill) throws SQLException {
        try (var query = connection.prepareStatement(PASS)) {
            query.setLong(1, backfill);
            try (var row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Pass(row.getLong(1), JobDefinition.JSON.read(row.getString(2))))
                        : Optional.empty();
            }
        }
    }

    private static Map<String, String> wrong(Connection connection, Pass pass, List<String> tenants) {
        var column = pass.definition().compareRows().tenant();
        var found = new LinkedHashMap<String, String>();
        if (column == null) {
            return found;
        }
        try {
            var leaves = leaves(connection, pass.id());
            for (var tenant : tenants) {
                var wrong = wrong(connection, pass.definition(), leaves, column, tenant);
                if (wrong != null && wrong > 0) {
                    found.put(
                            tenant,
                            HumanText.number(wrong) + (wrong == 1 ? " wrong row" : " wrong rows")
                                    + ", counted just now");
                }
            }
            return found;
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static List<TableName> leaves(Connection connection, long pass) throws SQLException {
        var leaves = new ArrayList<TableName>();
        try (var query = connection.prepareStatement(LEAVES)) {
            query.setLong(1, pass);
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    leaves.add(TableName.of(Identifier.of(rows.getString(1)), Identifier.of(rows.getString(2))));
                }
            }
        }
        return leaves;
    }

    // Null: it has too many rows.
    private static @Nullable Long wrong(
            Connection connection, JobDefinition pass, List<TableName> leaves, String column, String tenant)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("start transaction read only");
            try {
                statement.execute("set local statement_timeout = " + LIMIT.toMillis());
                return counted(statement, pass, leaves, column, tenant);
            } catch (SQLException e) {
                if (SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                    return null;
                }
                throw e;
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("rollback");
                }
            }
        }
    }

    private static @Nullable Long counted(
            Statement statement, JobDefinition pass, List<TableName> leaves, String column, String tenant)
            throws SQLException {
        var rows = 0L;
        var wrong = 0L;
        for (var leaf : leaves) {
            try (var row = statement.executeQuery(COUNT.formatted(
                    RowJudgement.finding(pass),
                    leaf.quoted(),
                    new RowAlias(pass).quoted(),
                    Identifier.of(column).quoted(),
                    "'" + tenant.replace("'", "''") + "'",
                    MOST + 1))) {
                row.next();
                rows += row.getLong(1);
                wrong += row.getLong(2);
            }
            if (rows > MOST) {
                return null;
            }
        }
        return wrong;
    }

    private record Pass(long id, JobDefinition definition) {}
}
