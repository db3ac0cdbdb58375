package dev.backfleet.coordinator.postgres.quarantine;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.batch.CopyPart;
import dev.backfleet.common.postgres.batch.RowChange;
import dev.backfleet.common.postgres.batch.RowJudgement;
import dev.backfleet.common.postgres.batch.TransactionSettings;
import dev.backfleet.common.postgres.key.RowAlias;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/** Changes one row, as a retry would, in a transaction that is rolled back; deferred constraints are checked too. */
final class TrialStatement {

    // As short as a retry: for the application, it has the same effect as one.
    private static final String LIMITS = """
            select pg_catalog.set_config('statement_timeout', greatest((j.row_timeout * 1000)::int, 1000)::text, true),
                   pg_catalog.set_config('lock_timeout', '200ms', true)
            from backfleet.job j where j.id = ?
            """;

    private final JobDefinition job;
    private final JobDefinition.Table table;

    TrialStatement(JobDefinition job, JobDefinition.Table table) {
        this.job = job;
        this.table = table;
    }

    /**
     * Tries the row with a key; returns how many rows would have been changed.
     *
     * @throws SQLException what PostgreSQL says, with values of the row
     */
    int run(Connection connection, long id, List<String> key) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("start transaction read write");
            try {
                limit(connection, id);
                statement.execute("set local row_security = off");
                statement.execute("set local enable_seqscan = off");
                for (var setting : TransactionSettings.statements(job)) {
                    statement.execute(setting);
                }
                var rows = change(connection, key);
                statement.execute("set constraints all immediate");
                return rows;
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("rollback");
                }
            }
        }
    }

    private static void limit(Connection connection, long id) throws SQLException {
        try (var statement = connection.prepareStatement(LIMITS)) {
            statement.setLong(1, id);
            statement.execute();
        }
    }

    private int change(Connection connection, List<String> key) throws SQLException {
        var row = new RowAlias(job);
        var isRow = IntStream.rangeClosed(1, job.key().size())
                .mapToObj(i -> equal(i, row.key(i)))
                .collect(joining(" and "));
        try (var statement = connection.prepareStatement(text(row, isRow))) {
            for (var i = 0; i < key.size(); i++) {
                statement.setString(i + 1, key.get(i));
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private String text(RowAlias row, String isRow) {
        var name = table.quoted() + " as " + row.quoted();
        return switch (job.work().kind()) {
            case UPDATE_ROWS -> {
                var change = new RowChange(job.updateRows());
                yield "with backfleet_change as (update only " + name + " set " + change.assignments() + " where "
                        + isRow + change.andWhere() + " returning 1) select count(*) from backfleet_change";
            }
            case COPY_ROWS ->
                "with " + new CopyPart(job).changeOfOne(table.quoted()) + " select count(*) from backfleet_change";
            case COMPARE_ROWS ->
                "select count(backfleet_r.judged) from (select " + RowJudgement.finding(job) + " as judged from only "
                        + name + " where " + isRow + " offset 0) backfleet_r";
        };
    }

    private String equal(int column, String left) {
        var definition = job.key().get(column - 1);
        return definition.compare(left, Comparison.EQUAL, "?::text::" + definition.type());
    }
}
