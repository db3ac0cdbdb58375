package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.spec.parse.SpecDocument;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The spec of a migration's job: its columns are the new ones, their expressions the {@code up}s, or it copies the rows as the file says.
 * Unless the file says otherwise, the rows are those in which all new columns are NULL. It is a tree made of nodes of the migration's file, so that problems name lines and
 * keys there.
 */
final class DerivedSpec {
    private static final SpecKey<SqlExpression> DIFFERENT = MigrationKeys.RECONCILE_DIFFERENT;
    private static final String SET = SpecKeys.SET.path() + ".";

    private DerivedSpec() {}

    /**
     * Derives the spec.
     *
     * @param fileName for messages
     * @param root the migration's file, its keys read once
     * @param filled the columns of the table that the job fills; none: it copies every row
     * @throws dev.backfleet.common.spec.SpecException at the first problem
     */
    static ParsedSpec of(String fileName, SpecNode.Mapping root, Collection<Identifier> filled) {
        var tree = tree(root, filled);
        var at = SpecLocations.of(fileName, tree).shownAs(DerivedSpec::inFile);
        return SpecParser.parse(tree, at, SpecDocument.yaml(tree));
    }

    private static SpecNode.Mapping tree(SpecNode.Mapping root, Collection<Identifier> filled) {
        var entries = new LinkedHashMap<String, SpecNode>();
        entries.put(SpecKeys.NAME.path(), node(root, MigrationKeys.NAME));
        entries.put(SpecKeys.TABLE.path(), node(root, MigrationKeys.TABLE));
        copy(root, MigrationKeys.TENANT, entries);
        var into = root.entries().get(CopyKeys.GROUP);
        if (into == null) {
            entries.put(SpecKeys.SET.path(), expressions((SpecNode.Mapping) node(root, MigrationKeys.TO)));
        } else {
            entries.put(CopyKeys.GROUP, into);
        }
        if (!filled.isEmpty()) {
            var line = into == null ? node(root, MigrationKeys.TO).line() : into.line();
            entries.put(SpecKeys.WHERE.path(), allNull(line, filled));
        }
        copy(root, MigrationKeys.KEY, entries);
        entries.put(
                SpecKeys.TRIGGERS.path(), scalar(0, SpecKeys.TRIGGERS.absence().text()));
        if (root.entries().get(MigrationKeys.BACKFILL.path()) instanceof SpecNode.Mapping backfill) {
            entries.putAll(backfill.entries());
        }
        if (root.entries().get(DIFFERENT.group()) instanceof SpecNode.Mapping group
                && group.entries().containsKey(DIFFERENT.leaf())) {
            var different = Map.of(DIFFERENT.leaf(), node(group, DIFFERENT));
            entries.put(DIFFERENT.group(), new SpecNode.Mapping(group.line(), different));
        }
        return new SpecNode.Mapping(root.line(), entries);
    }

    private static SpecNode expressions(SpecNode.Mapping to) {
        var entries = new LinkedHashMap<String, SpecNode>();
        to.entries().forEach((column, of) -> entries.put(column, node((SpecNode.Mapping) of, NewColumnType.UP)));
        return new SpecNode.Mapping(to.line(), entries);
    }

    private static SpecNode allNull(int line, Collection<Identifier> filled) {
        return scalar(line, filled.stream().map(column -> column + " is null").collect(Collectors.joining(" and ")));
    }

    private static SpecNode node(SpecNode.Mapping group, SpecKey<?> key) {
        var node = group.entries().get(key.leaf());
        if (node == null) {
            throw new IllegalStateException(key.path() + " was read, and is not there");
        }
        return node;
    }

    private static void copy(SpecNode.Mapping root, SpecKey<?> key, Map<String, SpecNode> entries) {
        var node = root.entries().get(key.path());
        if (node != null) {
            entries.put(key.path(), node);
        }
    }

    private static SpecNode scalar(int line, String text) {
        return new SpecNode.Scalar(line, text, false, false);
    }

    /** The path that a key of the spec has in the file of the migration. */
    static String inFile(String path) {
        if (path.startsWith(CopyKeys.GROUP + ".")) {
            return path;
        }
        if (path.equals(SpecKeys.NAME.path())) {
            return MigrationKeys.NAME.path();
        }
        if (path.startsWith(SET)) {
            return MigrationKeys.TO.path() + path.substring(SET.length() - 1) + "." + NewColumnType.UP.path();
        }
        if (path.equals(SpecKeys.SET.path())) {
            return MigrationKeys.TO.path();
        }
        var isAtTop = MigrationKeys.ALL.stream()
                .anyMatch(key -> key.path().equals(path) || key.group().equals(path));
        return isAtTop ? path : MigrationKeys.BACKFILL.path() + "." + path;
    }
}
