package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.postgres.batch.TransactionSettings;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.coordinator.query.plan.RowSample.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * The first rows of a table before and after a job's change. They are found without a lock; then each is changed alone, as long as
 * a batch of one row may take, in a transaction that is rolled back.
 */
final class SampledRows {
    static final int ROWS = 5;
    static final Duration LONGEST = Duration.ofSeconds(5);
    static final String TOO_LONG = "no further row that needs the change was found within 5 s";

    // A wait for a lock, and a conflict with another transaction.
    private static final Set<String> BUSY =
            Set.of(SqlStateCodes.LOCK_NOT_AVAILABLE, SqlStateCodes.DEADLOCK, SqlStateCodes.SERIALIZATION_FAILURE);

    private static final List<String> FINDING = List.of(
            "start transaction read only",
            "set local row_security = off",
            "set local jit = off",
            "set local enable_seqscan = off");

    // As short as a batch: for the application, it has the same effect as one.
    private static final List<String> CHANGING = List.of(
            "start transaction read write",
            "set local row_security = off",
            "set local jit = off",
            "set local enable_seqscan = off",
            "select pg_catalog.set_config('statement_timeout', greatest(1, setting::int / 2)::text, true), "
                    + "pg_catalog.set_config('lock_timeout', greatest(1, setting::int / 20)::text, true) "
                    + "from pg_catalog.pg_settings where name = 'deadlock_timeout'");

    private final Connection connection;
    private final JobDefinition job;
    private final JobDefinition.Table leaf;
    private final KeyOrder order;
    private final RowAlias row;
    private final SampledChange change;

    SampledRows(Handle handle, JobDefinition job, JobDefinition.Table leaf) {
        this.connection = handle.getConnection();
        this.job = job;
        this.leaf = leaf;
        this.order = new KeyOrder(job.key());
        this.row = new RowAlias(job);
        this.change = SampledChange.of(job, leaf);
    }

    /**
     * Adds rows of this table until there are five.
     *
     * @return why the search ended early
     */
    Optional<String> add(List<Row> rows, Duration longest) {
        try {
            for (var found : found(ROWS - rows.size(), longest)) {
                rows.add(changed(found));
            }
            return Optional.empty();
        } catch (PSQLException e) {
            if (e.getServerErrorMessage() == null) {
                throw new ConnectionException(e);
            }
            return Optional.of(
                    SqlStateCodes.CANCELLED.equals(e.getSQLState()) ? TOO_LONG : "no row can be read: " + words(e));
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private List<Found> found(int most, Duration longest) throws SQLException {
        var sql = "select array[" + order.each(i -> row.key(i) + "::text") + "], " + change.before() + " from "
                + table() + " where true" + change.andWhere() + " order by " + order.ordered(row::key, false)
                + " limit " + most;
        try {
            begin(FINDING);
            execute("set local statement_timeout = " + Math.max(1, longest.toMillis()));
            var found = new ArrayList<Found>();
            try (var statement = connection.prepareStatement(sql);
                    var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Found(keys(rows), texts(rows, 2)));
                }
            }
            return found;
        } finally {
            execute("rollback");
        }
    }

    private Row changed(Found found) throws SQLException {
        var sql = change.statement(IntStream.rangeClosed(1, order.columns())
                .mapToObj(i -> order.compare(
                        i, row.key(i), Comparison.EQUAL, "?::" + order.column(i).type()))
                .collect(joining(" and ")));
        try {
            begin(CHANGING);
            for (var setting : TransactionSettings.statements(job)) {
                execute(setting);
            }
            try (var statement = connection.prepareStatement(sql)) {
                for (var i = 0; i < found.key.size(); i++) {
                    statement.setString(i + 1, found.key.get(i));
                }
                try (var rows = statement.executeQuery()) {
                    if (!rows.next()) {
                        return found.row(
                                job, null, "a trigger keeps it as it is, or another session has just changed it");
                    }
                    var after = texts(rows, 1);
                    // What a batch's commit would check.
                    execute("set constraints all immediate");
                    return found.row(job, after, null);
                }
            }
        } catch (PSQLException e) {
            if (e.getServerErrorMessage() == null) {
                throw e;
            }
            return found.row(
                    job,
                    null,
                    BUSY.contains(String.valueOf(e.getSQLState()))
                            ? "another session has locked it"
                            : "PostgreSQL rejects it: " + e.getSQLState() + " " + words(e));
        } finally {
            execute("rollback");
        }
    }

    private String table() {
        return "only " + leaf.quoted() + " as " + row.quoted();
    }

    private static List<String> keys(ResultSet rows) throws SQLException {
        return List.of((String[]) rows.getArray(1).getArray());
    }

    private static List<@Nullable String> texts(ResultSet rows, int column) throws SQLException {
        return Arrays.asList((@Nullable String[]) rows.getArray(column).getArray());
    }

    private void begin(List<String> statements) throws SQLException {
        for (var sql : statements) {
            execute(sql);
        }
    }

    private void execute(String sql) throws SQLException {
        if (!connection.isClosed()) {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private static String words(PSQLException e) {
        return SafeErrorMessage.words(ServerErrors.ofRows(e), null);
    }

    /**
     * A row as it is.
     *
     * @param key the values of the key's columns
     * @param values those of the columns that are set
     */
    private record Found(List<String> key, List<@Nullable String> values) {
        Row row(JobDefinition job, @Nullable List<@Nullable String> after, @Nullable String problem) {
            var keys = new LinkedHashMap<String, String>();
            for (var i = 0; i < key.size(); i++) {
                keys.put(job.key().get(i).name(), key.get(i));
            }
            return new Row(keys, byColumn(job, values), after == null ? null : byColumn(job, after), problem);
        }

        private static Map<String, @Nullable String> byColumn(JobDefinition job, List<@Nullable String> values) {
            var named = new LinkedHashMap<String, @Nullable String>();
            var columns = SampledChange.columns(job);
            for (var i = 0; i < columns.size(); i++) {
                named.put(columns.get(i), values.get(i));
            }
            return named;
        }
    }
}
