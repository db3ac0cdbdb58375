package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Derives the steps of a migration from its file and the facts about its table. */
public final class Steps {
    private final Migration migration;
    private final TableShape table;
    private final ColumnSteps columns;
    private final ConstraintSteps constraints;
    private final IndexSteps indexes;
    private final OtherSteps others;

    private Steps(Migration migration, TableShape table) {
        this.migration = migration;
        this.table = table;
        this.columns = new ColumnSteps(table);
        this.constraints = new ConstraintSteps(table);
        this.indexes = new IndexSteps(table);
        this.others = new OtherSteps(table);
    }

    /**
     * The steps in their order. Taken back, they are in the opposite order. A table may get partitions meanwhile: derive them anew before
     * a phase counts as done.
     *
     * @throws ExplainedFailure {@link ExplainedFailure.Kind#GATE_CLOSED} if {@link TableRules#refusals} has any
     */
    public static List<Step> of(Migration migration, TableShape table) {
        refuse(TableRules.refusals(migration, table).stream());
        return new Steps(migration, table).all();
    }

    /**
     * The same to be taken back, and that the sync notes who writes the old shape alone: a migration whose reads were taken back goes on to
     * do so. The table of the copies may be gone meanwhile: the sync is removed without it.
     *
     * @throws ExplainedFailure as of {@link #of}
     */
    public static List<Step> toTakeBack(Migration migration, TableShape table) {
        refuse(TableRules.refusals(migration, table).stream()
                .filter(refusal -> !refusal.place().equals(CopyKeys.TABLE.path())));
        return Stream.concat(
                        new Steps(migration, table).all().stream(),
                        Stream.of(new ContractSteps(migration, table).observe()))
                .toList();
    }

    private static void refuse(Stream<StepRefusal> refusals) {
        refusals.findFirst().ifPresent(refusal -> {
            throw new ExplainedFailure(
                    ExplainedFailure.Kind.GATE_CLOSED, refusal.place() + ": " + refusal.what(), refusal.remedy());
        });
    }

    private List<Step> all() {
        var steps = new ArrayList<Step>();
        migration.to().forEach((name, column) -> {
            var type = Objects.requireNonNull(table.made().types().get(name), "the type of a new column");
            steps.add(columns.column(name, column.type(), column.defaultValue(), type));
            columns.grants(name, migration.from()).ifPresent(steps::add);
        });
        migration.expand().forEach(element -> steps(Phase.EXPAND, element).forEach(steps::add));
        migration.copy().ifPresent(copy -> copy.writeBack().keySet().forEach(name -> writtenBack(name, steps)));
        new SyncSteps(migration, table).steps().forEach(steps::add);
        migration.finish().forEach(element -> steps(Phase.FINISH, element).forEach(steps::add));
        return List.copyOf(steps);
    }

    // Its type is that of a column of the other table, which a step of expand may make: until then there is no step.
    private void writtenBack(Identifier name, List<Step> steps) {
        var type = table.made().types().get(name);
        if (type != null) {
            steps.add(columns.column(name, type.written(), Optional.empty(), type));
            columns.grants(name, migration.from()).ifPresent(steps::add);
        }
    }

    // The same: those of the other table follow when it is there.
    private Stream<Step> inOther(Phase phase, Element.Into element) {
        return table.into().stream()
                .flatMap(other -> new Steps(migration, other).steps(phase, element.element()))
                .map(Step::inOther);
    }

    private Stream<Step> steps(Phase phase, Element element) {
        if (element instanceof Element.Into into) {
            return inOther(phase, into);
        }
        if (isForLater(element)) {
            return Stream.empty();
        }
        if (element instanceof Element.Index index) {
            return indexes.index(phase, index, made(index));
        } else if (element instanceof Element.Unique unique) {
            return indexes.unique(phase, unique, made(unique));
        } else if (element instanceof Element.NotNull notNull) {
            return columns.notNull(phase, notNull);
        } else if (element instanceof Element.DropNotNull dropNotNull) {
            return Stream.of(columns.dropNotNull(phase, dropNotNull));
        } else if (element instanceof Element.Check check) {
            return constraints.check(phase, check, made(check));
        } else if (element instanceof Element.ForeignKey foreignKey) {
            return constraints.foreignKey(phase, foreignKey);
        } else if (element instanceof Element.Default value) {
            return Stream.of(columns.defaultValue(phase, value, made(value)));
        } else if (element instanceof Element.Comment comment) {
            return Stream.of(columns.comment(phase, comment));
        } else if (element instanceof Element.Statistics statistics) {
            return Stream.of(others.statistics(phase, statistics, made(statistics)));
        } else if (element instanceof Element.EnumValue value) {
            return Stream.of(others.enumValue(phase, value));
        }
        return Stream.of(others.sql(phase, (Element.Sql) element));
    }

    // Nothing is tried while the column of 'write-back' that it may name has no type: its steps follow when the other
    // table is there.
    private boolean isForLater(Element element) {
        return migration.copy().isPresent()
                && !table.made().elements().containsKey(element)
                && Definitions.of(element, "", 0).isPresent();
    }

    private String made(Element element) {
        return Objects.requireNonNull(table.made().elements().get(element), "what PostgreSQL makes of " + element);
    }
}
