package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Recomputation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides by what the rows of a job are judged: by its expressions, if they can be computed again; otherwise the spec's own rule is
 * needed.
 */
final class ComparisonRule {
    private final OriginJob job;
    private final JobDefinition definition;
    private final Map<String, ColumnFacts> columns;
    private final Recomputation recomputation;

    /**
     * Of a job.
     *
     * @param columns the columns of its table, in order
     */
    ComparisonRule(Catalog catalog, OriginJob job, List<ColumnFacts> columns) {
        this.job = job;
        this.definition = job.definition();
        this.columns = columns.stream().collect(Collectors.toMap(ColumnFacts::name, facts -> facts));
        this.recomputation = Recomputation.of(catalog, definition, this.columns.keySet());
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
        var obstacle = recomputation.obstacle();
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
