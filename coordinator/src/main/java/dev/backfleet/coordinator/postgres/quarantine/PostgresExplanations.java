package dev.backfleet.coordinator.postgres.quarantine;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.query.quarantine.ExplainRow;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Explanation;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Outcome;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Part;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Said;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tries rows in quarantine, each in a transaction that is rolled back. */
public final class PostgresExplanations implements ExplainRow.Rows {
    private final Database database;

    public PostgresExplanations(Database database) {
        this.database = database;
    }

    @Override
    public List<String> keyColumns(long job) {
        return database.jdbi().withHandle(handle -> PostgresQuarantine.keyColumns(handle, job));
    }

    @Override
    public Optional<Explanation> explain(long job, List<String> key, Map<Identifier, SqlExpression> instead) {
        return database.jdbi().withHandle(handle -> {
            var store = new QuarantineStore(handle);
            var numbers = store.numbers(job, Optional.of(key));
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            var definition = with(new JobStore(handle).definition(job).orElseThrow(), instead);
            var relation = store.relation(numbers.get(0))
                    .flatMap(oid -> PostgresQuarantine.relation(handle, job, definition, oid));
            return relation.map(table -> explain(handle, job, definition, table, key))
                    .or(() -> Optional.of(new Explanation(Outcome.NO_NEED, "a table that was dropped", null)));
        });
    }

    private static JobDefinition with(JobDefinition definition, Map<Identifier, SqlExpression> instead) {
        var changed = definition;
        for (var one : instead.entrySet()) {
            var old = definition.work().set().stream()
                    .filter(assignment ->
                            assignment.column().equals(one.getKey().name()))
                    .findFirst()
                    .orElseThrow(() -> new OperationRefused(
                            Code.INVALID, "--set " + one.getKey() + ": the job does not set this column", null));
            changed = changed.setting(
                    new Assignment(old.column(), old.number(), one.getValue().text()));
        }
        return changed;
    }

    private static Explanation explain(
            Handle handle, long job, JobDefinition definition, JobDefinition.Table table, List<String> key) {
        var shown = table.shown();
        try {
            var rows = new TrialStatement(definition, table).run(handle.getConnection(), job, key);
            return new Explanation(rows > 0 ? Outcome.ACCEPTED : Outcome.NO_NEED, shown, null);
        } catch (SQLException e) {
            return new Explanation(Outcome.REJECTED, shown, said(e));
        }
    }

    // Of an error without a message of the server, the connection is the cause: it says nothing about the row.
    private static Said said(SQLException e) {
        var server = e instanceof PSQLException rejected ? rejected.getServerErrorMessage() : null;
        if (server == null) {
            throw new ConnectionException(e);
        }
        return new Said(String.valueOf(server.getSQLState()), String.valueOf(server.getMessage()), parts(server));
    }

    private static List<Part> parts(ServerErrorMessage server) {
        var parts = new ArrayList<Part>();
        add(parts, "detail", server.getDetail());
        add(parts, "hint", server.getHint());
        add(parts, "where", server.getWhere());
        add(parts, "internal query", server.getInternalQuery());
        add(parts, "schema", server.getSchema());
        add(parts, "table", server.getTable());
        add(parts, "column", server.getColumn());
        add(parts, "type", server.getDatatype());
        add(parts, "constraint", server.getConstraint());
        return parts;
    }

    private static void add(List<Part> parts, String name, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            parts.add(new Part(name, text));
        }
    }
}
