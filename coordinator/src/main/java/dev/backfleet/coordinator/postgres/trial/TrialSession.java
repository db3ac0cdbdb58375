package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.postgres.batch.BatchSession;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.Start;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;
import org.postgresql.util.PSQLException;

/**
 * Runs batches with the statement and the limits of a worker, each in a transaction that is rolled back. The statement needs a
 * job and a shard: they are inserted in the same transaction, under an id that no job has.
 */
final class TrialSession {

    // No sequence is used: a rollback would not give the id back.
    private static final String INSERT_JOB = """
            insert into backfleet.job (id, name, state, spec, definition, concurrency)
            overriding system value values (?, ?, 'RUNNING', '', '{}', 1)
            """;

    private static final String INSERT_SHARD = """
            with leaf as (
              insert into backfleet.job_relation (job_id, relation, schema_name, table_name) values (?, ?::oid, ?, ?)
              returning job_id, relation
            )
            insert into backfleet.shard (job_id, number, relation, turn, lower, cursor, upper, state, epoch, worker, lease_until)
            select job_id, 1, relation, 0, ?::text[], ?::text[], ?::text[], 'RUNNING', 1, 'a trial', clock_timestamp() + interval '1 hour'
            from leaf
            """;

    // The counters of the transaction may have those of earlier ones that were not reported yet: only differences
    // count.
    private static final String UPDATES = """
            select pg_catalog.pg_stat_get_xact_tuples_updated(?::oid), pg_catalog.pg_stat_get_xact_tuples_hot_updated(?::oid)
            """;

    private static final double LEASE_SECONDS = 3600;
    private static final long EPOCH = 1;
    private static final long NO_EPOCH = 0;

    private final Connection connection;
    private final JobDefinition job;
    private final Ticker ticker;
    private final long id;
    private final Set<Long> planned = new HashSet<>();

    /**
     * On a connection that does nothing else meanwhile.
     *
     * @param id an id that no job has: negative
     */
    TrialSession(Connection connection, JobDefinition job, Ticker ticker, long id) {
        this.connection = connection;
        this.job = job;
        this.ticker = ticker;
        this.id = id;
    }

    /** Runs a batch of at most as many rows, and rolls it back. */
    Attempt batch(TrialPlace place, int rows) {
        return rolledBack(place, () -> {
            var sql = BatchStatement.of(job, place.leaf(), Start.AFTER_A_ROW, false);
            plan(sql, place);
            var before = updates(place);
            try (var statement = connection.prepareStatement(sql)) {
                bind(statement, place, rows);
                var start = ticker.now();
                long walked;
                long changed;
                try (var row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new IllegalStateException("the fence of a trial did not hold");
                    }
                    walked = row.getLong("walked");
                    changed = row.getLong("changed");
                }
                // What a batch's commit would check.
                execute("set constraints all immediate");
                var took = ticker.now().minus(start);
                var after = updates(place);
                return new Attempt(walked, changed, after.all - before.all, after.hot - before.hot, took, null, null);
            }
        });
    }

    // A worker plans a statement once, for thousands of batches: so that is not measured. An epoch that no claim has
    // lets the
    // statement be planned, and change nothing.
    private void plan(String sql, TrialPlace place) throws SQLException {
        if (planned.add(place.leaf().oid())) {
            try (var statement = connection.prepareStatement(sql)) {
                bind(statement, place, 1);
                statement.setLong(3, NO_EPOCH);
                statement.execute();
            }
        }
    }

    /** Runs work after the rows of a trial's job were inserted, in a transaction that is rolled back in any case. */
    Attempt rolledBack(TrialPlace place, Work work) {
        try {
            try {
                execute("start transaction read write");
                for (var setting : BatchSession.statements()) {
                    execute(setting);
                }
                insert(place);
                return work.run();
            } catch (PSQLException e) {
                if (e.getServerErrorMessage() == null) {
                    throw e;
                }
                return new Attempt(
                        0,
                        0,
                        0,
                        0,
                        Duration.ZERO,
                        e.getSQLState(),
                        SafeErrorMessage.words(ServerErrors.ofRows(e), null));
            } finally {
                if (!connection.isClosed()) {
                    execute("rollback");
                }
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private void insert(TrialPlace place) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT_JOB)) {
            statement.setLong(1, id);
            statement.setString(2, "trial " + id);
            statement.execute();
        }
        try (var statement = connection.prepareStatement(INSERT_SHARD)) {
            statement.setLong(1, id);
            statement.setLong(2, place.leaf().oid());
            statement.setString(3, place.leaf().schema());
            statement.setString(4, place.leaf().name());
            statement.setArray(5, text(place.after()));
            statement.setArray(6, text(place.after()));
            statement.setArray(7, text(place.upTo()));
            statement.execute();
        }
    }

    /** Sets the parameters of the batch's statement. */
    void bind(PreparedStatement statement, TrialPlace place, int rows) throws SQLException {
        statement.setLong(1, id);
        statement.setInt(2, 1);
        statement.setLong(3, EPOCH);
        statement.setArray(4, text(place.after()));
        statement.setInt(5, rows);
        statement.setDouble(6, LEASE_SECONDS);
        BatchStatement.bindPass(statement, 7, job, 0);
    }

    private Updates updates(TrialPlace place) throws SQLException {
        try (var statement = connection.prepareStatement(UPDATES)) {
            statement.setLong(1, place.leaf().oid());
            statement.setLong(2, place.leaf().oid());
            try (var row = statement.executeQuery()) {
                row.next();
                return new Updates(row.getLong(1), row.getLong(2));
            }
        }
    }

    Connection connection() {
        return connection;
    }

    private java.sql.Array text(List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What runs in the transaction. */
    @FunctionalInterface
    interface Work {
        Attempt run() throws SQLException;
    }

    private record Updates(long all, long hot) {}
}
