package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.OtherMigration;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Surroundings;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.SyncNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules over a migration, its table and what surrounds it. Pure. */
final class MigrationReview {
    private final Migration migration;
    private final TableShape table;
    private final Surroundings surroundings;
    private final List<MigrationFinding> findings = new ArrayList<>();

    MigrationReview(Migration migration, TableShape table, Surroundings surroundings) {
        this.migration = migration;
        this.table = table;
        this.surroundings = surroundings;
    }

    /**
     * Applies the rules.
     *
     * @param others the other migrations under way
     * @param ofJob what was found about its job
     */
    List<MigrationFinding> findings(List<OtherMigration> others, List<Finding> ofJob) {
        owner();
        oldColumns();
        otherTable();
        expressions(ofJob);
        oneWay();
        leave();
        surroundings();
        others.forEach(this::other);
        return findings;
    }

    private void owner() {
        if (!surroundings.owns()) {
            add(
                    MigrationFindingCode.NOT_OWNER,
                    "table",
                    "the role " + surroundings.role() + " does not own " + table.name() + "; " + surroundings.owner()
                            + " does",
                    "ddl: { role: " + surroundings.owner() + " }, with a connection as a member of that role");
        }
    }

    private void otherTable() {
        if (!table.knowsCopies(migration)) {
            add(
                    MigrationFindingCode.INTO_NOT_THERE,
                    CopyKeys.TABLE.path(),
                    "the table " + migration.copy().orElseThrow().into()
                            + " is not there yet: the sync and the job are checked when a step of expand has made it",
                    "let its owner make it before, and run this plan again, to see them now");
        }
    }

    private void oldColumns() {
        for (var column : migration.from()) {
            if (surroundings.primaryKey().contains(column)
                    || table.partitionKey().contains(column)) {
                add(
                        MigrationFindingCode.FROM_IS_KEY,
                        "from",
                        column + " is a column of the "
                                + (table.partitionKey().contains(column) ? "partition" : "primary")
                                + " key, which a migration cannot replace",
                        "remove it from from");
            }
            if (table.column(column).filter(ColumnShape::generated).isPresent()) {
                add(
                        MigrationFindingCode.FROM_IS_GENERATED,
                        "from",
                        column + " is a generated column: its value is not there yet when the trigger runs",
                        "name the columns that it is computed from, and compute from them");
            }
        }
    }

    private void expressions(List<Finding> ofJob) {
        migration.to().forEach((column, of) -> others(of.up(), migration.from())
                .forEach(read -> add(
                        MigrationFindingCode.UP_READS_OTHER_COLUMN,
                        "to." + column + ".up",
                        "reads " + read + ", which is not in from: a write to it would not compute " + column
                                + " again",
                        "add it to from")));
        migration.down().forEach((column, expression) -> others(
                        expression, migration.to().keySet())
                .forEach(read -> add(
                        MigrationFindingCode.DOWN_READS_OTHER_COLUMN,
                        "down." + column,
                        "reads " + read + ", which is not in to: a write to it would not compute " + column + " again",
                        "compute it from the columns of to alone")));
        // Of a copy, such a column is not compared.
        if (migration.copy().isEmpty()
                && migration.backfill().spec().different().isEmpty()) {
            ofJob.stream()
                    .filter(finding -> finding.code() == FindingCode.VOLATILE_EXPRESSION)
                    .forEach(
                            finding -> add(
                                    MigrationFindingCode.UP_VOLATILE,
                                    "to",
                                    finding.message(),
                                    "compute the value from the row; or say which rows are wrong: reconcile: { different: \"…\" }"));
        }
    }

    // Columns of the table that an expression reads, that are none of those that it may, and that may change.
    private List<Identifier> others(SqlExpression expression, Collection<Identifier> allowed) {
        var spec = migration.backfill().spec();
        return table.columns().stream()
                .map(ColumnShape::name)
                .filter(name -> expression.references().contains(name.name()))
                .filter(name -> !allowed.contains(name)
                        && !surroundings.primaryKey().contains(name)
                        && !spec.tenant().equals(Optional.of(name))
                        && !spec.key().orElse(List.of()).contains(name))
                .toList();
    }

    private void oneWay() {
        if (migration.copy().isPresent()) {
            add(
                    MigrationFindingCode.ONE_WAY,
                    CopyKeys.GROUP,
                    "a write of " + migration.copy().get().into() + " alone leaves " + names(migration.from())
                            + " as before",
                    "accept it at the cutover: 'cutover --one-way'");
        } else if (migration.down().isEmpty()) {
            add(
                    MigrationFindingCode.ONE_WAY,
                    "down",
                    "there is none: a write in the new shape alone leaves " + names(migration.from()) + " as before",
                    "a down, if code of both shapes is to write for a while");
        }
        var missing = migration.from().stream()
                .filter(column -> !migration.down().containsKey(column))
                .toList();
        if (!migration.down().isEmpty() && !missing.isEmpty()) {
            add(
                    MigrationFindingCode.DOWN_INCOMPLETE,
                    "down",
                    "has no expression for " + names(missing) + ": a write in the new shape leaves it as it is",
                    "add one, if it is not only read by up");
        }
        var nullable = elements(Element.DropNotNull.class)
                .map(Element.DropNotNull::column)
                .collect(Collectors.toSet());
        missing.stream()
                .filter(column -> surroundings.withoutDefault().contains(column) && !nullable.contains(column))
                .forEach(column -> add(
                        MigrationFindingCode.ONE_WAY_NOT_NULL,
                        "from",
                        column
                                + " is NOT NULL without a default, and has no down: an insert that does not name it fails",
                        "drop-not-null: " + column + " in finish, or a down"));
    }

    // What the sync leaves NULL in a row that is inserted, a later constraint rejects.
    private void leave() {
        if (migration.onError() != SyncErrors.LEAVE) {
            return;
        }
        elements(Element.NotNull.class)
                .map(Element.NotNull::column)
                .filter(column -> migration.to().containsKey(column) && !hasDefault(column))
                .distinct()
                .forEach(column -> add(
                        MigrationFindingCode.LEAVE_BESIDE_NOT_NULL,
                        "finish.not-null." + column,
                        "an insert for which up of " + column
                                + " fails is let through by sync: { on-error: leave }, and then rejected, since "
                                + column
                                + " is NULL",
                        "a default of " + column + ", an up that fails for no row, or on-error: raise"));
    }

    private boolean hasDefault(Identifier column) {
        var of = migration.to().get(column);
        return (of != null && of.defaultValue().isPresent())
                || elements(Element.Default.class)
                        .anyMatch(element -> element.column().equals(column));
    }

    private <E extends Element> Stream<E> elements(Class<E> kind) {
        return Stream.concat(migration.expand().stream(), migration.finish().stream())
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    private void surroundings() {
        surroundings
                .lateTriggers()
                .forEach(trigger -> add(
                        MigrationFindingCode.TRIGGER_AFTER_SYNC,
                        "table",
                        "the trigger " + Identifier.of(trigger) + " fires after "
                                + new SyncNames(migration.name(), table.name()).updateTrigger()
                                + ", the one of the sync, and may change what that has computed",
                        "alter trigger " + Identifier.of(trigger) + " on " + table.name()
                                + " rename to …, a name that sorts before it"));
        if (!surroundings.publications().isEmpty() && !migration.newColumns().isEmpty()) {
            add(
                    MigrationFindingCode.PUBLISHED,
                    "table",
                    "it is published by "
                            + surroundings.publications().stream()
                                    .map(name -> Identifier.of(name).toString())
                                    .collect(Collectors.joining(", "))
                            + " with all its columns: a subscriber without "
                            + names(migration.newColumns())
                            + " stops replicating at the first change",
                    "add the columns on each subscriber first");
        }
    }

    private void other(OtherMigration other) {
        if (other.name().equals(migration.name())) {
            if (!other.sameTable()) {
                add(
                        MigrationFindingCode.FILE_CHANGED,
                        "migration",
                        "a migration of this name is under way for another table",
                        "give this one another name, or abort the other: backfleet migration abort " + other.name());
            }
            return;
        }
        var parsed = MigrationParser.parse(other.name(), other.source()).migration();
        var both = new HashSet<>(parsed.from());
        both.addAll(parsed.newColumns());
        both.removeIf(column ->
                !migration.from().contains(column) && !migration.newColumns().contains(column));
        if (!both.isEmpty()) {
            add(
                    MigrationFindingCode.OTHER_MIGRATION,
                    "table",
                    "the migration " + other.name() + ", which is under way, has " + names(both) + " as well",
                    "finish it, or abort it: backfleet migration abort " + other.name());
        }
    }

    private static String names(Collection<Identifier> columns) {
        return columns.stream().map(Identifier::toString).sorted().collect(Collectors.joining(", "));
    }

    private void add(MigrationFindingCode code, String place, String message, String remedy) {
        findings.add(MigrationFinding.of(code, place, message, remedy));
    }
}
