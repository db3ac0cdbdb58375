package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.CopyPart;
import dev.backfleet.common.postgres.batch.KnownRowStatement;
import dev.backfleet.common.postgres.batch.RowChange;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.common.postgres.batch.TransactionSettings;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.coordinator.pin.Objection;
import dev.backfleet.coordinator.pin.Objection.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.util.PSQLException;

/**
 * Tries the statements of a job before the job is stored. Each kind of batch is planned with EXPLAIN; then the first row is
 * changed in a transaction that is rolled back, which finds errors that occur only at run time.
 */
final class StatementTrial {

    // A plan that cannot scan the key's index in order then contains a node type that was disabled.
    private static final List<String> PLANNING = List.of(
            "start transaction read only",
            "set local lock_timeout = '2s'",
            "set local statement_timeout = '10s'",
            "set local jit = off",
            "set local enable_seqscan = off",
            "set local enable_bitmapscan = off",
            "set local enable_sort = off");

    // As short as a batch: for the application, it has the same effect as one.
    private static final List<String> TRYING = List.of(
            "start transaction read write",
            "set local row_security = off",
            "set local jit = off",
            "set local enable_seqscan = off",
            "select pg_catalog.set_config('statement_timeout', greatest(1, setting::int / 2)::text, true), "
                    + "pg_catalog.set_config('lock_timeout', greatest(1, setting::int / 20)::text, true) "
                    + "from pg_catalog.pg_settings where name = 'deadlock_timeout'");

    // A role that submits may have fewer privileges on the control schema than workers: then it cannot plan their
    // statements.
    private static final String MAY_ASK = """
            select has_table_privilege('backfleet.shard', 'select, update')
              and has_table_privilege('backfleet.job', 'select, update')
            """;

    // Only a volatile function can have an effect that a rollback does not undo, or that is visible outside of the
    // transaction. Of the functions that triggers call, only those in languages other than PostgreSQL's own are
    // suspected.
    private static final String MAY_TRY = """
            select not exists (select from pg_proc p where p.proname = any(?) and p.provolatile = 'v')
              and (? or not exists (
                select from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
                where t.tgrelid = any(?::oid[]) and not t.tgisinternal and t.tgenabled <> 'D' and l.lanname not in ('plpgsql', 'sql')))
            """;

    // Independent of the language of the driver's message.
    private static final Pattern CHANGED_SETTING =
            Pattern.compile("DateStyle|client_encoding|standard_conforming_strings");

    private final Connection connection;
    private final JobDefinition job;
    private final JobDefinition.Table leaf;

    StatementTrial(Connection connection, JobDefinition job, JobDefinition.Table leaf) {
        this.connection = connection;
        this.job = job;
        this.leaf = leaf;
    }

    /** The objection of PostgreSQL to the statements; nothing if they can run. */
    Optional<Objection> run() throws SQLException {
        if (mayAsk()) {
            for (var start : Start.values()) {
                for (var endsWithTenant :
                        job.tenantLed() && job.key().size() > 1 ? Set.of(false, true) : Set.of(false)) {
                    var objection = explain(start, endsWithTenant);
                    if (objection.isPresent()) {
                        return objection;
                    }
                }
            }
            var objection = explainKnownRow();
            if (objection.isPresent()) {
                return objection;
            }
        }
        if (!mayTry()) {
            return Optional.empty();
        }
        return switch (job.work().kind()) {
            case UPDATE_ROWS -> updateFirstRow(new RowChange(job.updateRows()));
            case COPY_ROWS -> copyFirstRow();
            case COMPARE_ROWS -> Optional.empty(); // it changes none
        };
    }

    private Optional<Objection> explain(Start start, boolean endsWithTenant) throws SQLException {
        if (start == Start.AFTER_A_TENANT && job.key().size() == 1) {
            return Optional.empty();
        }
        var sql = "explain (costs off) " + BatchStatement.of(job, leaf, start, endsWithTenant);
        return inTransaction(PLANNING, () -> {
            try (var statement = connection.prepareStatement(sql)) {
                bind(statement);
                var plan = new ArrayList<String>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        plan.add(rows.getString(1));
                    }
                }
                return isByIndex(plan)
                        ? Optional.empty()
                        : Optional.of(
                                Objection.refusal("PostgreSQL does not scan the key in the order of its index (of "
                                        + leaf.quoted() + ")"));
            }
        });
    }

    // The batch for a row that was found by its key.
    private Optional<Objection> explainKnownRow() throws SQLException {
        return inTransaction(PLANNING, () -> {
            try (var statement =
                    connection.prepareStatement("explain (costs off) " + KnownRowStatement.of(job, leaf))) {
                var next = bind(statement);
                statement.setArray(next, null);
                statement.setBoolean(next + 1, false);
                statement.execute();
                return Optional.empty();
            }
        });
    }

    private int bind(PreparedStatement statement) throws SQLException {
        statement.setLong(1, 0);
        statement.setInt(2, 0);
        statement.setLong(3, 0);
        statement.setArray(4, null);
        statement.setInt(5, 1);
        statement.setDouble(6, 1);
        return BatchStatement.bindPass(statement, 7, job, 0);
    }

    // A key with several operator families is scanned by one index scan for each column, merged by a sort.
    private boolean isByIndex(List<String> plan) {
        var isOneScan = job.key().stream()
                        .map(column -> column.operator(Comparison.GREATER))
                        .distinct()
                        .count()
                == 1;
        var scans = false;
        for (var line : plan) {
            if (line.contains("CTE ")) {
                scans = line.endsWith("CTE backfleet_nth");
            }
            if (scans && (line.contains("Seq Scan on ") || (isOneScan && line.contains("Sort")))) {
                return false;
            }
        }
        return true;
    }

    private Optional<Objection> updateFirstRow(RowChange change) throws SQLException {
        return changeFirstRow(isFirst -> " update only " + leaf.quoted() + " as " + new RowAlias(job).quoted() + " set "
                + change.assignments() + " where " + isFirst + change.andWhere());
    }

    private Optional<Objection> copyFirstRow() throws SQLException {
        return changeFirstRow(isFirst ->
                ", " + new CopyPart(job).change(leaf.quoted(), isFirst) + " select count(*) from backfleet_change");
    }

    private Optional<Objection> changeFirstRow(UnaryOperator<String> changing) throws SQLException {
        var row = new RowAlias(job);
        var order = new KeyOrder(job.key());
        var rows = new KeyOrder.Rows("only " + leaf.quoted() + " as backfleet_k", order::scanned, i -> "b" + i);
        var isFirst = IntStream.rangeClosed(1, order.columns())
                .mapToObj(
                        i -> order.compare(i, row.key(i), Comparison.EQUAL, "(select b" + i + " from backfleet_first)"))
                .collect(Collectors.joining(" and "));
        var sql = "with backfleet_first as materialized (" + rows.where(order, "true", false, "limit 1") + ")"
                + changing.apply(isFirst);
        return inTransaction(TRYING, () -> {
            try (var statement = connection.createStatement()) {
                for (var setting : TransactionSettings.statements(job)) {
                    statement.execute(setting);
                }
            }
            try (var statement = connection.prepareStatement(sql)) {
                statement.execute();
                return Optional.empty();
            }
        });
    }

    private boolean mayAsk() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(MAY_ASK)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private boolean mayTry() throws SQLException {
        var names = new ArrayList<String>();
        job.work().expressions().forEach(expression -> names.addAll(expression.names()));
        try (var statement = connection.prepareStatement(MAY_TRY)) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            statement.setBoolean(2, job.work().suppressesTriggers());
            statement.setArray(3, connection.createArrayOf("bigint", changed()));
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private Object[] changed() {
        return job.work().kind() == Work.Kind.COPY_ROWS
                ? new Object[] {leaf.oid(), job.copyRows().into().oid()}
                : new Object[] {leaf.oid()};
    }

    /** Runs work in a transaction that is rolled back. */
    private Optional<Objection> inTransaction(List<String> begin, Trying work) throws SQLException {
        try (var statement = connection.createStatement()) {
            try {
                for (var sql : begin) {
                    statement.execute(sql);
                }
                return work.run();
            } catch (PSQLException e) {
                if (e.getServerErrorMessage() == null) {
                    return changedSetting(e);
                }
                return objection(e, SafeErrorMessage.words(ServerErrors.ofRows(e), null));
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("rollback");
                }
            }
        }
    }

    // The driver closes a connection if a setting changes the format of values.
    private static Optional<Objection> changedSetting(PSQLException e) throws PSQLException {
        var name = CHANGED_SETTING.matcher(String.valueOf(e.getMessage()));
        if (!name.find()) {
            throw e;
        }
        return Optional.of(Objection.refusal("an expression, or a trigger of the table, changes " + name.group()
                + " for the rest of the session: make it local to the transaction (set local, or set_config with true), or"
                + " a setting of the function (create function … set)"));
    }

    // An error that is caused by one row, or that a function raises for it, is a matter of the quarantine; any other
    // error would occur for every row.
    private static Optional<Objection> objection(PSQLException e, String words) {
        var server = e.getServerErrorMessage();
        var code = String.valueOf(e.getSQLState());
        var told = code + ": " + words;
        if (server == null || SqlStateCodes.isAboutServer(code)) {
            return Optional.empty();
        }
        if (SqlStateCodes.NO_PERMISSION.equals(code)) {
            return Optional.of(new Objection(Kind.DENIED, "this role may not change the first row: " + words));
        }
        var isAboutTheStatement = SqlStateCodes.isAboutStatement(code) && server.getWhere() == null;
        return Optional.of(
                isAboutTheStatement
                        ? Objection.refusal(told)
                        : new Objection(
                                Kind.FIRST_ROW_REJECTED, "the first row would go into quarantine (" + told + ")"));
    }

    @FunctionalInterface
    private interface Trying {
        Optional<Objection> run() throws SQLException;
    }
}
