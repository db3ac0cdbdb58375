package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides by what the rows of a job are judged. An expression can be computed again if it reads no column that the job set, and
 * gives the same value each time; otherwise the spec's own rule is needed.
 */
final class ComparisonRule {
    // Their value is another one with each transaction, though PostgreSQL does not call them volatile.
    private static final Set<String> OF_THE_MOMENT = Set.of(
            "now",
            "transaction_timestamp",
            "statement_timestamp",
            "current_timestamp",
            "current_date",
            "current_time",
            "localtime",
            "localtimestamp",
            "txid_current",
            "txid_current_snapshot",
            "pg_current_xact_id",
            "pg_current_snapshot");

    // System columns that have another value for each version of a row; no column of a person can have such a name.
    private static final Set<String> OF_THE_VERSION = Set.of("ctid", "xmin", "xmax", "cmin", "cmax");

    private final CheckedJob job;
    private final JobDefinition definition;
    private final Map<String, ColumnFacts> columns;
    private final Set<String> volatiles;

    /**
     * Of a job.
     *
     * @param columns the columns of its table, in order
     * @param volatiles those names in its expressions that are volatile functions
     */
    ComparisonRule(CheckedJob job, List<ColumnFacts> columns, Set<String> volatiles) {
        this.job = job;
        this.definition = job.definition();
        this.columns = columns.stream().collect(Collectors.toMap(ColumnFacts::name, facts -> facts));
        this.volatiles = Set.copyOf(volatiles);
    }

    /**
     * The comparison.
     *
     * @param different the spec's own condition for a row that is wrong
     * @param tenant the column by which rows are counted
     * @param standby the standby on which rows are read
     * @throws OperationRefused INVALID if the change cannot be computed again, and there is no condition
     */
    CompareRows comparison(Optional<SqlExpression> different, Optional<String> tenant, Optional<String> standby) {
        var update = definition.updateRows();
        var obstacle =
                update.set().stream().flatMap(set -> obstacle(set).stream()).findFirst();
        if (obstacle.isPresent() && different.isEmpty()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the change of " + job.name() + " cannot be computed again: " + obstacle.get() + ";",
                    "say which rows are wrong, by --different \"CONDITION\", or in the spec: reconcile: { different: \"…\" }");
        }
        return new CompareRows(
                job.id(),
                update.set().stream().map(this::compared).toList(),
                obstacle.isEmpty(),
                update.where(),
                selectedBy(),
                different.map(SqlExpression::text).orElse(null),
                tenant.orElse(null),
                job.submittedXid(),
                job.finishedXid(),
                standby.orElse(null));
    }

    private Optional<String> obstacle(Assignment set) {
        var column = Identifier.of(set.column());
        var parsed = SqlExpression.parse(set.expression());
        var names = parsed.names();
        if (parsed.values().contains(definition.table().name())) {
            return Optional.of("the expression of " + column + " reads the whole row, and with it what the job set");
        }
        var read = definition.work().columns().stream().filter(names::contains).findFirst();
        if (read.isPresent()) {
            return Optional.of("the expression of " + column + " reads " + Identifier.of(read.get())
                    + ", which the job itself set");
        }
        var system = names.stream().filter(OF_THE_VERSION::contains).findFirst();
        if (system.isPresent()) {
            return Optional.of("the expression of " + column + " reads " + system.get()
                    + ", which the change of the row has changed as well");
        }
        return names.stream()
                .filter(name -> !columns.containsKey(name))
                .filter(name -> OF_THE_MOMENT.contains(name) || volatiles.contains(name))
                .findFirst()
                .map(name -> "the expression of " + column + " calls " + name + ", which gives "
                        + (OF_THE_MOMENT.contains(name)
                                ? "another value at another time"
                                : "another value with each call")
                        + (OF_THE_MOMENT.contains(name) ? "" : " (it is volatile)"));
    }

    private ComparedColumn compared(Assignment set) {
        var facts = columns.get(set.column());
        if (facts == null) {
            throw new IllegalStateException("no column " + set.column() + ", although it was pinned");
        }
        return new ComparedColumn(
                set.column(), set.number(), set.expression(), facts.type(), facts.equality(), facts.operator());
    }

    /** The columns that the job's condition names, except those that the job set; all, if it names the whole row. */
    private List<String> selectedBy() {
        var where = definition.work().where();
        if (where == null) {
            return List.of();
        }
        var parsed = SqlExpression.parse(where);
        var names = parsed.names();
        var whole = parsed.values().contains(definition.table().name());
        var set = Set.copyOf(definition.work().columns());
        return columns.keySet().stream()
                .filter(name -> !set.contains(name) && (whole || names.contains(name)))
                .sorted()
                .toList();
    }
}
