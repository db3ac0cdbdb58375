package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.NewColumn;
import dev.backfleet.coordinator.migration.step.Definitions;
import dev.backfleet.coordinator.migration.step.StepRefusal;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;

/**
 * Finds out what PostgreSQL makes of the definitions of a migration: it applies them to an empty temporary table of the same name and
 * columns, in the caller's transaction, which is rolled back. Each is tried in a savepoint.
 */
public final class DefinitionTrial {

    private static final String TYPE = """
            select pg_catalog.format_type(a.atttypid, a.atttypmod), coalesce(nullif(a.attcollation, 0)::pg_catalog.regcollation::text, ''),
                   a.attnotnull or a.attidentity <> '' or a.attgenerated <> ''
                     or exists (select from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.conkey = array[a.attnum])
            from pg_catalog.pg_attribute a
            where a.attrelid = %s::pg_catalog.regclass and a.attname = %s and not a.attisdropped
            """;

    // Nothing if there is no such table.
    private static final String TYPE_OF = """
            select pg_catalog.format_type(a.atttypid, a.atttypmod), coalesce(nullif(a.attcollation, 0)::pg_catalog.regcollation::text, '')
            from pg_catalog.pg_attribute a
            where a.attrelid = pg_catalog.to_regclass(%s) and a.attname = %s and a.attnum > 0 and not a.attisdropped
            """;

    private final Connection connection;
    private final TableName table;
    private final String clone;
    private final int serverVersion;
    private final Map<Identifier, TableShape.Type> types = new HashMap<>();
    private final Map<Element, String> elements = new HashMap<>();
    private final List<StepRefusal> rejections = new ArrayList<>();

    public DefinitionTrial(Connection connection, TableName table, int serverVersion) {
        this.connection = connection;
        this.table = table;
        this.clone = "pg_temp." + table.name().quoted();
        this.serverVersion = serverVersion;
    }

    /** What PostgreSQL makes of them; of the sync to another table, see {@link CopySyncTrial}. */
    public TableShape.Definitions made(Migration migration) {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            create(statement);
            for (var column : migration.to().entrySet()) {
                column(statement, column.getKey(), column.getValue());
            }
            if (migration.copy().isPresent()) {
                for (var back : migration.copy().get().writeBack().entrySet()) {
                    writtenBack(statement, migration.copy().get().into(), back.getKey(), back.getValue());
                }
            }
            // Without one of the columns, each element that names it would be rejected as well.
            if (types.keySet().containsAll(migration.newColumns())) {
                elements(statement, "expand", migration.expand());
                elements(statement, "finish", migration.finish());
            }
            var sync = migration.copy().isPresent()
                    ? TableShape.SyncShape.NONE
                    : new SyncTrial(connection, table).made(migration, rejections);
            drop(statement);
            return new TableShape.Definitions(types, elements, sync, rejections);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    /** What PostgreSQL makes of the elements of the table that takes the copies, which this is. */
    public TableShape.Definitions madeOfOther(Migration migration) {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            create(statement);
            elements(statement, "expand.into", ofOther(migration.expand()));
            elements(statement, "finish.into", ofOther(migration.finish()));
            drop(statement);
            return new TableShape.Definitions(types, elements, TableShape.SyncShape.NONE, rejections);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static List<Element> ofOther(List<Element> all) {
        return all.stream()
                .filter(Element.Into.class::isInstance)
                .map(element -> ((Element.Into) element).element())
                .toList();
    }

    private void create(Statement statement) throws SQLException {
        statement.execute("create temporary table " + table.name().quoted() + " (like " + table.quoted()
                + " including defaults including generated)");
    }

    // The other table may have the same name in another schema.
    private void drop(Statement statement) throws SQLException {
        statement.execute("drop table " + clone + " cascade");
    }

    private void elements(Statement statement, String phase, List<Element> all) throws SQLException {
        for (var element : all) {
            element(statement, phase, element);
        }
    }

    // One that is there keeps its type; a new one has that of the column whose values it gets.
    private void writtenBack(Statement statement, TableName into, Identifier name, Identifier from)
            throws SQLException {
        if (type(statement, clone, name).isEmpty()) {
            var type = type(statement, into.quoted(), from);
            if (type.isEmpty()) {
                return;
            }
            statement.execute("alter table " + clone + " add column " + name.quoted() + " "
                    + type.get().written());
        }
        types.put(name, type(statement, clone, name).orElseThrow());
    }

    private static Optional<TableShape.Type> type(Statement statement, String of, Identifier column)
            throws SQLException {
        try (var rows = statement.executeQuery(TYPE_OF.formatted(literal(of), literal(column.name())))) {
            return rows.next()
                    ? Optional.of(new TableShape.Type(rows.getString(1), rows.getString(2)))
                    : Optional.empty();
        }
    }

    private void column(Statement statement, Identifier name, NewColumn column) throws SQLException {
        var place = "to." + name;
        attempt(statement, place, () -> {
            statement.execute("alter table " + clone + " drop column if exists " + name.quoted() + " cascade");
            statement.execute("alter table " + clone + " add column " + name.quoted() + " " + column.type()
                    + column.defaultValue()
                            .map(value -> " default (" + value.text() + "\n)")
                            .orElse(""));
            try (var rows = statement.executeQuery(TYPE.formatted(literal(clone), literal(name.name())))) {
                rows.next();
                if (rows.getBoolean(3)) {
                    rejections.add(new StepRefusal(
                            place,
                            "'" + column.type() + "' says more than a type",
                            "write the type alone; constraints are elements of 'finish'"));
                }
                types.put(name, new TableShape.Type(rows.getString(1), rows.getString(2)));
            }
        });
    }

    private void element(Statement statement, String phase, Element element) throws SQLException {
        var probe = Definitions.of(element, clone, serverVersion);
        if (probe.isPresent()) {
            attempt(statement, phase + "." + probe.get().place(), () -> {
                statement.execute(probe.get().statement());
                try (var rows = statement.executeQuery(probe.get().shown())) {
                    rows.next();
                    elements.put(element, rows.getString(1));
                }
                if (probe.get().removal().isPresent()) {
                    statement.execute(probe.get().removal().get());
                }
            });
        }
    }

    private void attempt(Statement statement, String place, Savepoint.Attempt attempt) throws SQLException {
        Savepoint.rejection(statement, attempt)
                .ifPresent(what -> rejections.add(
                        new StepRefusal(place, "PostgreSQL rejects it: " + what, "correct it in the file")));
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
