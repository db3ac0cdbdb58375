package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a migration cannot be, as far as its file tells: each refusal names the line, the key and the remedy. */
final class MigrationChecks {
    private final Migration migration;
    private final SpecNode.Mapping root;
    private final SpecLocations at;
    private final Map<String, String> names = new HashMap<>();

    MigrationChecks(Migration migration, SpecNode.Mapping root, SpecLocations at) {
        this.migration = migration;
        this.root = root;
        this.at = at;
    }

    /**
     * Makes every check.
     *
     * @throws SpecException at the first that fails
     */
    void refuse() {
        refuseUp();
        refuseDown();
        refuseDefaultsWithoutWhere();
        refuseElements(MigrationKeys.EXPAND, migration.expand());
        refuseElements(MigrationKeys.FINISH, migration.finish());
        var proof = migration.proof();
        if (proof.maxAge().compareTo(proof.every()) < 0) {
            throw at.problem(
                    MigrationKeys.RECONCILE_MAX_AGE.path(),
                    "is shorter than reconcile.every: the last comparison would be too old before the next one begins",
                    "write a longer one, or a shorter every");
        }
    }

    /**
     * Checks that the old and the new shape have no column in common, and none that the job scans by. Comes before the job's spec is
     * derived, whose own check of the same would speak of keys that the file does not have.
     *
     * @throws SpecException if they have
     */
    static void refuseColumns(Collection<Identifier> from, Collection<Identifier> to, Scan scan, SpecLocations at) {
        for (var column : to) {
            if (from.contains(column)) {
                throw at.problem(
                        to(column),
                        "is a column of from as well: it cannot have both shapes",
                        "give the new column another name");
            }
            scan.refuse(to(column), column, at);
        }
        from.forEach(column -> scan.refuse(MigrationKeys.FROM.path(), column, at));
    }

    /** The columns that the job scans by, as far as the file names them. */
    record Scan(List<Identifier> key, Optional<Identifier> tenant) {
        private void refuse(String path, Identifier column, SpecLocations at) {
            if (key.contains(column)) {
                throw at.problem(
                        path,
                        "has a column of the key that the job scans by, " + column + ", which cannot be replaced",
                        "remove it here or from key");
            }
            if (tenant.filter(column::equals).isPresent()) {
                throw at.problem(
                        path,
                        "has the tenant column that the job scans by, " + column + ", which cannot be replaced",
                        "remove it here, or tenant");
            }
        }
    }

    private void refuseUp() {
        migration.to().forEach((column, of) -> {
            var path = to(column) + "." + NewColumnType.UP.path();
            refuseSubSelect(at, path, of.up());
            read(of.up(), migration.to().keySet()).ifPresent(read -> {
                throw at.problem(
                        path,
                        read.equals(column)
                                ? "reads " + read + " itself, which has no value yet"
                                : "reads " + read + ", a column of the new shape: its value may not be there yet",
                        "compute it from the columns of from alone");
            });
        });
    }

    private void refuseDown() {
        migration.down().forEach((column, expression) -> {
            var path = MigrationKeys.DOWN.path() + "." + column;
            if (!migration.from().contains(column)) {
                throw at.problem(path, "is not a column of from", "add it to from, or remove it here");
            }
            refuseSubSelect(at, path, expression);
            read(expression, migration.from()).ifPresent(read -> {
                throw at.problem(
                        path,
                        "reads " + read + ", a column of the old shape, which code of the new shape does not write",
                        "compute it from the columns of to alone");
            });
        });
    }

    /** Refuses what a trigger would run for each write. */
    static void refuseSubSelect(SpecLocations at, String path, SqlExpression expression) {
        if (expression.names().contains("select")) {
            throw at.problem(
                    path,
                    "has a sub-select: the trigger would run it for each write, and a change of what it reads would not be noticed",
                    "compute the value from the row alone");
        }
    }

    private static Optional<Identifier> read(SqlExpression expression, Collection<Identifier> columns) {
        return columns.stream()
                .filter(column -> expression.references().contains(column.name()))
                .findFirst();
    }

    private void refuseDefaultsWithoutWhere() {
        if (root.entries().get(MigrationKeys.BACKFILL.path()) instanceof SpecNode.Mapping backfill
                && backfill.entries().containsKey(SpecKeys.WHERE.path())) {
            return;
        }
        migration.to().forEach((column, of) -> of.defaultValue().ifPresent(value -> {
            throw at.problem(
                    to(column) + "." + NewColumnType.DEFAULT.path(),
                    "gives all rows a value from the beginning, so that NULL does not tell which of them are still to be changed",
                    "say it: backfill: { where: \"…\" }; or give the column its default in finish: default: { column: "
                            + column + ", value: \"…\" }");
        }));
    }

    private void refuseElements(SpecKey<List<Element>> key, List<Element> elements) {
        for (int i = 0; i < elements.size(); i++) {
            var element = elements.get(i);
            var line = ElementsType.lines(node(key)).get(i);
            if (key.equals(MigrationKeys.EXPAND)
                    && element instanceof Element.NotNull notNull
                    && migration.to().containsKey(notNull.column())) {
                throw at.problemInLine(
                        line,
                        key.path() + ".not-null",
                        "would make every write of a row fail that the backfill has not reached",
                        "write it in finish");
            }
            var what = what(element);
            var here = "line " + line + ", in " + key.path();
            var first = names.putIfAbsent(what, here);
            if (first != null) {
                throw at.problemInLine(
                        line,
                        key.path(),
                        "has " + what + " for the second time, first in " + first,
                        "remove one of them");
            }
        }
    }

    private SpecNode node(SpecKey<?> key) {
        var node = root.entries().get(key.path());
        if (node == null) {
            throw new IllegalStateException(key.path() + " was read, and is not there");
        }
        return node;
    }

    // Indexes, constraints and statistics are not all in one space of names, but one name for two of them helps nobody.
    private static String what(Element element) {
        if (element instanceof Element.Index index) {
            return named(index.name());
        } else if (element instanceof Element.Unique unique) {
            return named(unique.name());
        } else if (element instanceof Element.Check check) {
            return named(check.name());
        } else if (element instanceof Element.ForeignKey key) {
            return named(key.name());
        } else if (element instanceof Element.Statistics statistics) {
            return named(statistics.name());
        } else if (element instanceof Element.NotNull notNull) {
            return "the nullability of " + notNull.column();
        } else if (element instanceof Element.DropNotNull dropNotNull) {
            return "the nullability of " + dropNotNull.column();
        } else if (element instanceof Element.Default def) {
            return "a default of " + def.column();
        } else if (element instanceof Element.Comment comment) {
            return "a comment on " + comment.column();
        } else if (element instanceof Element.EnumValue value) {
            return "the value " + value.value() + " of " + value.type();
        } else if (element instanceof Element.Into into) {
            return what(into.element()) + " in the other table";
        } else if (element instanceof Element.Sql sql) {
            return "an element of the title \"" + sql.title() + "\"";
        }
        throw new IllegalStateException("no kind of elements: " + element);
    }

    private static String named(Identifier name) {
        return "the name " + name;
    }

    private static String to(Identifier column) {
        return MigrationKeys.TO.path() + "." + column;
    }
}
