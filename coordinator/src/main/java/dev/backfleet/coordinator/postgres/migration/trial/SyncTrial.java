package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.StepRefusal;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.CopiedTable;
import dev.backfleet.coordinator.migration.sync.CopySync;
import dev.backfleet.coordinator.migration.sync.Sync;
import dev.backfleet.coordinator.migration.sync.SyncFunction;
import dev.backfleet.coordinator.migration.sync.SyncTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds out what PostgreSQL makes of the sync of a migration, on an empty temporary table with the new columns and all defaults. */
final class SyncTrial {

    private static final String COLUMNS = """
            select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.pg_get_expr(d.adbin, d.adrelid), b.typtype = 'c'
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_type t on t.oid = a.atttypid
            join pg_catalog.pg_type b on b.oid = case t.typtype when 'd' then t.typbasetype else t.oid end
            left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = ''
            where a.attrelid = ?::pg_catalog.regclass and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

    private static final String VOLATILE =
            "select exists (select from pg_catalog.pg_proc p where p.proname = any(?) and p.provolatile = 'v')";

    private static final String TRIGGER = """
            select pg_catalog.split_part(pg_catalog.substr(d.text, pg_catalog.strpos(d.text, ' FOR EACH ROW') + 1), ' EXECUTE FUNCTION ', 1)
            from (select pg_catalog.pg_get_triggerdef(t.oid) as text from pg_catalog.pg_trigger t
                  where t.tgrelid = ?::pg_catalog.regclass and t.tgname = ?) d
            """;

    private final Connection connection;
    private final TableName clone;

    SyncTrial(Connection connection, TableName table) {
        this.connection = connection;
        this.clone = TableName.of(Identifier.of("pg_temp"), table.name());
    }

    /** What PostgreSQL makes of it; what it rejects is added. */
    TableShape.SyncShape made(Migration migration, List<StepRefusal> rejections) throws SQLException {
        var types = new HashMap<Identifier, String>();
        var defaults = new HashMap<Identifier, String>();
        var composite = new HashSet<Identifier>();
        var columns = new ArrayList<Identifier>();
        readColumns(migration, columns, types, defaults, composite);
        if (!columns.containsAll(migration.to().keySet()) || !columns.containsAll(migration.from())) {
            return TableShape.SyncShape.NONE;
        }
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            var settings = settings(expressions(migration, statement, types, rejections));
            var table = new SyncTable(clone, columns, defaults, composite, settings);
            var made = triggers(statement, new SyncFunction(migration, table), rejections);
            return made.isEmpty()
                    ? TableShape.SyncShape.NONE
                    : new TableShape.SyncShape(made, defaults, composite, settings, Optional.empty());
        }
    }

    /**
     * What PostgreSQL makes of the sync to another table; what it rejects is added.
     *
     * @param copied the table, with its own name
     */
    TableShape.SyncShape copies(Migration migration, CopiedTable copied, List<StepRefusal> rejections)
            throws SQLException {
        var defaults = new HashMap<Identifier, String>();
        readColumns(migration, new ArrayList<>(), new HashMap<>(), defaults, new HashSet<>());
        defaults.keySet().retainAll(migration.from());
        var source = copied.with(defaults);
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            var made = triggers(statement, new CopySync(migration, source.at(clone)).observing(), rejections);
            return made.isEmpty() ? TableShape.SyncShape.NONE : TableShape.SyncShape.ofCopies(source, made);
        }
    }

    private Map<Identifier, String> triggers(Statement statement, Sync sync, List<StepRefusal> rejections)
            throws SQLException {
        var made = new HashMap<Identifier, String>();
        Savepoint.rejection(statement, () -> {
                    statement.execute(sync.create());
                    for (var trigger : sync.triggers()) {
                        statement.execute(trigger.statement());
                    }
                    for (var trigger : sync.triggers()) {
                        made.put(trigger.name(), definition(trigger.name()));
                    }
                })
                .ifPresent(what -> rejections.add(
                        new StepRefusal("sync", "PostgreSQL rejects the trigger: " + what, "correct the expressions")));
        return made;
    }

    private void readColumns(
            Migration migration,
            List<Identifier> columns,
            Map<Identifier, String> types,
            Map<Identifier, String> defaults,
            Set<Identifier> composite)
            throws SQLException {
        try (var query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, clone.quoted());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    var name = Identifier.of(rows.getString(1));
                    columns.add(name);
                    types.put(name, rows.getString(2));
                    if (rows.getBoolean(4)) {
                        composite.add(name);
                    }
                    var value = rows.getString(3);
                    if (value != null
                            && (migration.from().contains(name)
                                    || migration.to().containsKey(name))
                            && !isVolatile(value)) {
                        defaults.put(name, value);
                    }
                }
            }
        }
    }

    private boolean isVolatile(String expression) throws SQLException {
        try (var query = connection.prepareStatement(VOLATILE)) {
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "text", SqlExpression.parse(expression).calls().toArray()));
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        } catch (BadTextException e) {
            return true;
        }
    }

    // Whether each is immutable is what a generated column asks; it may be rejected for other reasons too, which does
    // no harm.
    private boolean expressions(
            Migration migration, Statement statement, Map<Identifier, String> types, List<StepRefusal> rejections)
            throws SQLException {
        var immutable = true;
        for (var assignment : Stream.concat(
                        migration.to().entrySet().stream()
                                .map(to -> Map.entry(to.getKey(), to.getValue().up())),
                        migration.down().entrySet().stream())
                .toList()) {
            var column = assignment.getKey();
            var value = "(" + assignment.getValue().text() + "\n)";
            Savepoint.rejection(
                            statement,
                            () -> statement.execute("explain update " + clone.quoted() + " as "
                                    + clone.name().quoted() + " set " + column.quoted() + " = " + value))
                    .ifPresent(what -> rejections.add(new StepRefusal(
                            migration.to().containsKey(column) ? "to." + column + ".up" : "down." + column,
                            "PostgreSQL rejects it: " + what,
                            "correct the expression")));
            immutable &= Savepoint.rejection(
                            statement,
                            () -> statement.execute("alter table " + clone.quoted()
                                    + " add column backfleet_generated " + types.get(column)
                                    + " generated always as " + value
                                    + " stored, drop column if exists backfleet_generated"))
                    .isEmpty();
        }
        return immutable;
    }

    // As in the sessions of workers: the values must not depend on the session that writes the row.
    private static Map<String, String> settings(boolean immutable) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("search_path", SessionSettings.SEARCH_PATH);
        (immutable ? SessionSettings.PARSING : SessionSettings.EXPRESSIONS)
                .forEach(name -> settings.put(name, "'" + SessionSettings.pinned(name) + "'"));
        return settings;
    }

    private String definition(Identifier trigger) throws SQLException {
        try (var query = connection.prepareStatement(TRIGGER)) {
            query.setString(1, clone.quoted());
            query.setString(2, trigger.name());
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
