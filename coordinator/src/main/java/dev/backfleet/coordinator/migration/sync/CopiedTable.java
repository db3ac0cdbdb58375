package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.CopyTarget;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.pin.PinnedSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of a sync whose new shape is in another table.
 *
 * @param definition what its job does: it copies rows
 * @param columns the columns of the table that expressions and key use, at least
 * @param defaults the defaults of columns of the old shape, as PostgreSQL shows them; not those that are different with each call
 * @param settings those of the function, as they are written in SQL, on which the values of the expressions may depend
 */
public record CopiedTable(
        JobDefinition definition,
        List<Identifier> columns,
        Map<Identifier, String> defaults,
        Map<String, String> settings) {

    /** Copies the collections. */
    public CopiedTable {
        columns = List.copyOf(columns);
        defaults = Map.copyOf(defaults);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * That of a job.
     *
     * @param from the columns of the old shape, if a migration has one
     * @param settings those of the function, as they are written in SQL
     */
    public static CopiedTable of(PinnedSpec pinned, Collection<Identifier> from, Map<String, String> settings) {
        var definition = pinned.definition();
        var names = new HashSet<String>();
        definition.key().stream().map(KeyColumn::name).forEach(names::add);
        from.stream().map(Identifier::name).forEach(names::add);
        definition.copyRows().values().stream()
                .map(CopiedColumn::expression)
                .forEach(expression ->
                        names.addAll(SqlExpression.parse(expression).names()));
        var whole = names.contains(definition.table().name());
        var columns = pinned.columns().stream()
                .filter(column -> whole || names.contains(column))
                .map(Identifier::of)
                .toList();
        return new CopiedTable(definition, columns, Map.of(), settings);
    }

    /** The same with defaults of columns of the old shape. */
    public CopiedTable with(Map<Identifier, String> values) {
        return new CopiedTable(definition, columns, values, settings);
    }

    /** The same as a table of another name, such as a copy of it. */
    public CopiedTable at(TableName name) {
        var table = definition.table();
        var at = new JobDefinition.Table(
                table.oid(), name.schema().orElseThrow().name(), name.name().name());
        return new CopiedTable(definition.named(at), columns, defaults, settings);
    }

    /** The same with copies in a table of another name. */
    public CopiedTable into(TableName name) {
        var copy = definition.copyRows();
        var target = new CopyTarget(
                copy.into().oid(),
                name.schema().orElseThrow().name(),
                name.name().name(),
                copy.into().key());
        return new CopiedTable(
                definition.working(new CopyRows(
                        target,
                        copy.values(),
                        copy.where(),
                        copy.conflict(),
                        copy.back(),
                        copy.triggers(),
                        copy.migration())),
                columns,
                defaults,
                settings);
    }

    /**
     * What the job's condition selects rows by, beside columns that it writes back: a sync copies every row. Nothing if it selects by no
     * more than these.
     */
    public static Optional<String> selectedBy(PinnedSpec pinned) {
        var where = pinned.definition().work().where();
        if (where == null) {
            return Optional.empty();
        }
        var back = pinned.definition().work().columns();
        var named = SqlExpression.parse(where).names();
        return pinned.columns().stream()
                .filter(column -> named.contains(column) && !back.contains(column))
                .findFirst()
                .map(column -> Identifier.of(column).toString())
                .or(() -> Optional.of("the whole row")
                        .filter(row ->
                                named.contains(pinned.definition().table().name())));
    }
}
