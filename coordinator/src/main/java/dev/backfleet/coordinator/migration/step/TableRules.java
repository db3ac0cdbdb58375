package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What the steps of a migration cannot do with its table. */
public final class TableRules {
    private static final int FIRST_14 = 140000;
    private static final int BUILDS_INDEXES_RIGHT = 140004;
    private static final int PARTITIONED_FOREIGN_KEYS = 180000;

    private final Migration migration;
    private final TableShape table;
    private final Set<Identifier> added;
    private final String within;
    private final List<StepRefusal> refusals = new ArrayList<>();

    private TableRules(Migration migration, TableShape table, Set<Identifier> added, String within) {
        this.migration = migration;
        this.table = table;
        this.added = added;
        this.within = within;
    }

    /** Everything that prevents the steps of a migration; empty if nothing does. */
    public static List<StepRefusal> refusals(Migration migration, TableShape table) {
        return new TableRules(migration, table, migration.newColumns(), "").all();
    }

    private List<StepRefusal> all() {
        kind("table");
        if (!refusals.isEmpty()) {
            return refusals;
        }
        migration.from().forEach(this::requireOldColumn);
        migration.expand().forEach(element -> element(Phase.EXPAND, element));
        migration.finish().forEach(element -> element(Phase.FINISH, element));
        migration.copy().ifPresent(copy -> other(copy.into()));
        refusals.addAll(table.made().rejections());
        return List.copyOf(refusals);
    }

    private void other(TableName into) {
        if (table.into().isPresent()) {
            var rules = new TableRules(migration, table.into().get(), Set.of(), "into.");
            rules.kind(CopyKeys.TABLE.path());
            rules.elements(Phase.EXPAND, migration.expand());
            rules.elements(Phase.FINISH, migration.finish());
            refusals.addAll(rules.refusals);
            refusals.addAll(table.into().get().made().rejections());
        } else if (migration.expand().stream().noneMatch(Element.Sql.class::isInstance)) {
            refuse(
                    CopyKeys.TABLE.path(),
                    "there is no table " + into + " that this role may see",
                    "create it before, or as a step: expand: [{ sql: { title: …, apply: \"create table …\", check: … } }]");
        }
    }

    private void elements(Phase phase, List<Element> elements) {
        elements.stream()
                .filter(Element.Into.class::isInstance)
                .forEach(element -> element(phase, ((Element.Into) element).element()));
    }

    private void kind(String place) {
        switch (table.kind()) {
            case TABLE, PARTITIONED -> {}
            case PARTITION ->
                refuse(place, table.name() + " is a partition", "name the partitioned table that it belongs to");
            case INHERITED ->
                refuse(
                        place,
                        table.name() + " inherits from another table, or another one inherits from it",
                        "change such tables by statements of your own, and give the backfill as a spec");
            case OTHER -> refuse(place, table.name() + " is not a permanent table", "name a table");
        }
    }

    private void requireOldColumn(Identifier name) {
        if (table.column(name).isEmpty()) {
            refuse("from", "the table has no column " + name, "name a column of " + table.name());
        }
    }

    private void element(Phase phase, Element element) {
        if (element instanceof Element.Index index) {
            var place = place(phase, "index", index.name());
            index(place, index.unique());
            if (index.unique()) {
                coversPartitionKey(
                        place, index.on().stream().flatMap(TableRules::column).toList());
            }
        } else if (element instanceof Element.Unique unique) {
            var place = place(phase, "unique", unique.name());
            index(place, true);
            unique.on().forEach(column -> requireColumn(place, column));
            coversPartitionKey(place, unique.on());
        } else if (element instanceof Element.ForeignKey foreignKey) {
            foreignKey(place(phase, "foreign-key", foreignKey.name()), foreignKey);
        } else if (element instanceof Element.NotNull notNull) {
            requireColumn(place(phase, "not-null", notNull.column()), notNull.column());
        } else if (element instanceof Element.DropNotNull dropNotNull) {
            requireColumn(place(phase, "drop-not-null", dropNotNull.column()), dropNotNull.column());
        } else if (element instanceof Element.Default value) {
            requireColumn(place(phase, "default", value.column()), value.column());
        } else if (element instanceof Element.Comment comment) {
            requireColumn(place(phase, "comment", comment.column()), comment.column());
        }
    }

    private void index(String place, boolean unique) {
        if (table.serverVersion() >= FIRST_14 && table.serverVersion() < BUILDS_INDEXES_RIGHT) {
            refuse(
                    place,
                    "an index that PostgreSQL 14.0 to 14.3 builds concurrently may lack rows",
                    "upgrade the server to the latest 14");
        }
        table.parts().stream().filter(part -> part.leaf() && !part.ordinary()).forEach(part -> {
            refuse(
                    place,
                    "the partition " + part.name() + " is a foreign table, which cannot have "
                            + (unique ? "a unique index" : "an index of the table"),
                    "detach it, or create the index by statements of your own");
        });
    }

    private void coversPartitionKey(String place, List<Identifier> columns) {
        table.partitionKey().stream()
                .filter(key -> !columns.contains(key))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(key -> refuse(
                        place,
                        "a unique index of a partitioned table must have the column " + key + " of its partition key",
                        "add that column"));
    }

    private void foreignKey(String place, Element.ForeignKey element) {
        element.columns().forEach(column -> requireColumn(place, column));
        if (!table.referred().containsKey(element.table())) {
            refuse(place, "there is no table " + element.table(), "name a table that exists, with its schema");
        }
        if (table.partitioned() && table.serverVersion() < PARTITIONED_FOREIGN_KEYS) {
            refuse(
                    place,
                    "a foreign key of a partitioned table can be validated later only from PostgreSQL 18 on",
                    "upgrade the server, or add the key to each partition by statements of your own");
        }
        element.onDelete()
                .map(ConstraintSteps::action)
                .filter(action -> !ConstraintSteps.ACTIONS.containsKey(action))
                .ifPresent(action -> refuse(
                        place,
                        "'" + action + "' is no action of a foreign key",
                        "write cascade, restrict, no action, set null or set default"));
    }

    private void requireColumn(String place, Identifier name) {
        if (table.column(name).isEmpty() && !added.contains(name)) {
            refuse(
                    place,
                    "the table has no column " + name + ", and the migration adds none",
                    "name one of its columns");
        }
    }

    // An expression, or a column with an order, is no name of a column.
    private static Stream<Identifier> column(String written) {
        try {
            return Stream.of(Identifier.parse(written.trim()));
        } catch (BadTextException e) {
            return Stream.empty();
        }
    }

    private String place(Phase phase, String kind, Identifier name) {
        return phase.name().toLowerCase(Locale.ROOT) + "." + within + kind + "." + name;
    }

    private void refuse(String place, String what, String remedy) {
        refusals.add(new StepRefusal(place, what, remedy));
    }
}
