package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedCopy;
import dev.backfleet.common.job.kind.CopyKey;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Recomputation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides by what the rows of a job are judged: by its expressions, if they can be computed again; otherwise the spec's own rule is
 * needed.
 */
final class ComparisonRule {
    private final OriginJob job;
    private final JobDefinition definition;
    private final Map<String, ColumnFacts> columns;
    private final Map<String, ColumnFacts> ofCopies;
    private final Recomputation recomputation;

    /**
     * Of a job.
     *
     * @param columns the columns of its table, in order
     * @param ofCopies those of the table that takes its copies; none if it copies no rows
     */
    ComparisonRule(Catalog catalog, OriginJob job, List<ColumnFacts> columns, List<ColumnFacts> ofCopies) {
        this.ofCopies = ofCopies.stream().collect(Collectors.toMap(ColumnFacts::name, facts -> facts));
        this.job = job;
        this.definition = job.definition();
        this.columns = columns.stream().collect(Collectors.toMap(ColumnFacts::name, facts -> facts));
        this.recomputation = Recomputation.of(catalog, definition, this.columns.keySet());
    }

    /**
     * The comparison.
     *
     * @param different the spec's own condition for a row that is wrong
     * @param down how old columns follow from those that the job set; only without a condition
     * @param tenant the column by which rows are counted
     * @param standby the standby on which rows are read
     * @throws OperationRefused INVALID if the change cannot be computed again, and there is no condition; if the key of a copy cannot be
     *     computed again; if a condition is given for a copy
     */
    CompareRows comparison(
            Optional<SqlExpression> different,
            Map<Identifier, SqlExpression> down,
            Optional<String> tenant,
            Optional<String> standby) {
        return switch (definition.work().kind()) {
            case UPDATE_ROWS -> ofUpdate(different, different.isEmpty() ? down : Map.of(), tenant, standby);
            case COPY_ROWS -> ofCopy(different, tenant, standby);
            case COMPARE_ROWS -> throw new IllegalStateException("a comparison is not compared");
        };
    }

    // What cannot be computed again, such as the time of the copy, is not compared: the rest tells whether it is the
    // copy of this row.
    private CompareRows ofCopy(Optional<SqlExpression> different, Optional<String> tenant, Optional<String> standby) {
        if (different.isPresent()) {
            throw new OperationRefused(
                    Code.INVALID, "a condition on one row cannot judge a copy", "leave --different out");
        }
        var copy = definition.copyRows();
        return ofCopy(copy, copy.set(), copy.back(), tenant, standby);
    }

    /**
     * The same after the cutover of a migration, whose copies hold the truth: a row is wrong only if it has none. The sync gives one to
     * each row that is inserted.
     */
    private CompareRows onlyWithoutCopy(CopyRows copy, Optional<String> tenant, Optional<String> standby) {
        var key = copy.into().key().stream().map(CopyKey::name).collect(Collectors.toSet());
        var ofKey =
                copy.set().stream().filter(set -> key.contains(set.column())).toList();
        return ofCopy(copy, ofKey, List.of(), tenant, standby);
    }

    private CompareRows ofCopy(
            CopyRows copy,
            List<Assignment> judged,
            List<WriteBack> back,
            Optional<String> tenant,
            Optional<String> standby) {
        var key = copy.into().key().stream().map(CopyKey::name).collect(Collectors.toSet());
        var compared = new ArrayList<ComparedColumn>();
        for (var set : judged) {
            var obstacle = recomputation.obstacle(set);
            if (obstacle.isEmpty()) {
                compared.add(compared(set, ofCopies));
            } else if (key.contains(set.column())) {
                throw new OperationRefused(
                        Code.INVALID,
                        "the copies of " + job.name() + " cannot be found again: " + obstacle.get(),
                        "compare them yourself");
            }
        }
        return new CompareRows(
                job.id(),
                compared,
                true,
                copy.where(),
                selectedBy(),
                null,
                tenant.orElse(null),
                job.submittedXid(),
                job.finishedXid(),
                standby.orElse(null),
                new ComparedCopy(copy.into(), back),
                null);
    }

    private CompareRows ofUpdate(
            Optional<SqlExpression> different,
            Map<Identifier, SqlExpression> down,
            Optional<String> tenant,
            Optional<String> standby) {
        var update = definition.updateRows();
        var obstacle = recomputation.obstacle();
        if (obstacle.isPresent() && different.isEmpty() && down.isEmpty()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the change of " + job.name() + " cannot be computed again: " + obstacle.get() + ";",
                    "say which rows are wrong, by --different \"CONDITION\", or in the spec: reconcile: { different: \"…\" }");
        }
        return new CompareRows(
                job.id(),
                update.set().stream().map(set -> compared(set, columns)).toList(),
                obstacle.isEmpty(),
                update.where(),
                selectedBy(),
                different.map(SqlExpression::text).orElse(null),
                tenant.orElse(null),
                job.submittedXid(),
                job.finishedXid(),
                standby.orElse(null),
                null,
                down.isEmpty()
                        ? null
                        : down.entrySet().stream()
                                .map(of -> compared(
                                        of.getKey().name(), of.getValue().text()))
                                .toList());
    }

    private ComparedColumn compared(String column, String expression) {
        return compared(new Assignment(column, facts(column, columns).number(), expression), columns);
    }

    /**
     * The comparison after the cutover of a migration without {@code down}. What is written in the new shape since need not follow from
     * the old one: a row is wrong if none of its new columns has a value, the old shape gives one, and nobody has written it since the
     * end of the job, through the sync.
     *
     * @param tenant the column by which rows are counted
     * @param standby the standby on which rows are read
     */
    CompareRows onlyMissing(Optional<String> tenant, Optional<String> standby) {
        if (definition.work() instanceof CopyRows copy) {
            return onlyWithoutCopy(copy, tenant, standby);
        }
        var update = definition.updateRows();
        return new CompareRows(
                job.id(),
                update.set().stream().map(set -> compared(set, columns)).toList(),
                false,
                null,
                List.of(),
                missing(update.set(), update.where()),
                tenant.orElse(null),
                job.submittedXid(),
                job.finishedXid(),
                standby.orElse(null),
                null,
                null);
    }

    // An expression is computed for no other row: it may fail for those that have the new shape alone.
    private String missing(List<Assignment> set, @Nullable String where) {
        var empty = set.stream()
                .map(column -> Identifier.of(column.column()).quoted())
                .collect(Collectors.joining(", ", "pg_catalog.num_nonnulls(", ") = 0"));
        var given = set.stream()
                .map(column -> "(" + SqlExpression.parse(column.expression()).text() + "\n)")
                .collect(Collectors.joining(", ", "pg_catalog.num_nonnulls(", ") > 0"));
        var selected = where == null ? "true" : "(" + SqlExpression.parse(where).text() + "\n)";
        return "case when " + empty + " and backfleet.written(xmin, " + job.submittedXid() + ", " + job.finishedXid()
                + ") <> 'SINCE' then case when " + selected + " then " + given + " end end";
    }

    private static ComparedColumn compared(Assignment set, Map<String, ColumnFacts> columns) {
        var facts = facts(set.column(), columns);
        return new ComparedColumn(
                set.column(), set.number(), set.expression(), facts.type(), facts.equality(), facts.operator());
    }

    private static ColumnFacts facts(String column, Map<String, ColumnFacts> columns) {
        var facts = columns.get(column);
        if (facts == null) {
            throw new IllegalStateException("no column " + column + ", although the job knows it");
        }
        return facts;
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
