package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.NewColumn;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the function of the sync. Who wrote which shape is seen from the values, not from the columns that a statement names: another
 * trigger may have changed them, and a statement may set a column to the value that it had.
 *
 * <p>An expression is evaluated over a row of the columns that it may use, under the table's name, so that names mean what they mean in
 * the job's UPDATE. Columns that no expression uses are not named: they may be dropped meanwhile. Everything is computed into variables
 * first, so that an error leaves the row as it was.
 */
public final class SyncFunction implements Sync {

    private static final String TEXT = """
            #variable_conflict use_column
            declare
              backfleet_old boolean;
              backfleet_new boolean;
              backfleet_empty boolean;
              backfleet_blank boolean;
            {variables}begin
              if tg_op = 'INSERT' then
                backfleet_old := not ({blank-from});
                backfleet_new := not ({blank-new});
                backfleet_empty := true;
                backfleet_blank := true;
              else
                backfleet_old := row({old-from})::record operator(pg_catalog.*<>) row({new-from})::record;
                backfleet_new := row({old-to})::record operator(pg_catalog.*<>) row({new-to})::record;
                backfleet_empty := pg_catalog.num_nonnulls({old-to}) = 0;
                backfleet_blank := {blank-old};
              end if;
              {new-shape}if not backfleet_new and (backfleet_old or backfleet_empty) then
                {note}{ups}
              else
                return new;
              end if;
              {assignments}
              return new;
            {errors}end
            """;

    // A column that was not written comes from the old shape, if the row has only that so far.
    private static final String NEW_SHAPE = """
            if backfleet_new and not backfleet_old then
                if tg_op = 'UPDATE' and backfleet_blank then
            {fills}    end if;
                {downs}
              els""";

    private static final String FILL = """
                  if row(old.{column})::record operator(pg_catalog.*=) row(new.{column})::record then
                    {fill}
                  end if;
            """;

    // What is no fault of the expression concerns the application's transaction as a whole.
    private static final String LEAVE = """
            exception
              when transaction_rollback or insufficient_resources or operator_intervention then
                raise;
              when others then
                return new;
            """;

    private final Migration migration;
    private final SyncTable table;
    private final SyncNames names;
    private final List<Identifier> from;
    private final List<Map.Entry<Identifier, NewColumn>> to;
    private final List<Map.Entry<Identifier, SqlExpression>> down;
    private final BlankColumns blank;
    private final boolean observing;
    private final Map<Identifier, Identifier> stored;

    public SyncFunction(Migration migration, SyncTable table) {
        this(migration, table, false, Map.of());
    }

    private SyncFunction(Migration migration, SyncTable table, boolean observing, Map<Identifier, Identifier> stored) {
        this.observing = observing;
        this.stored = stored;
        this.migration = migration;
        this.table = table;
        this.names = table.names(migration);
        this.from = migration.from();
        this.to = List.copyOf(migration.to().entrySet());
        this.down = List.copyOf(migration.down().entrySet());
        this.blank = new BlankColumns(
                table.name().quoted(),
                Stream.concat(from.stream(), migration.to().keySet().stream()).toList(),
                table.defaults(),
                stored);
    }

    @Override
    public SyncFunction observing() {
        return new SyncFunction(migration, table, true, stored);
    }

    @Override
    public SyncFunction renamed(Map<Identifier, Identifier> names) {
        return new SyncFunction(migration, table, observing, Map.copyOf(names));
    }

    @Override
    public String definition() {
        return SyncText.function(names.function().quoted(), table.settings(), body());
    }

    @Override
    public List<SyncTrigger> triggers() {
        return new SyncTriggers(migration, table).all();
    }

    @Override
    public String body() {
        var text = "\n" + TEXT.replace("{new-shape}", down.isEmpty() ? "" : NEW_SHAPE);
        return SyncText.fill(
                text,
                Map.ofEntries(
                        Map.entry("variables", variables()),
                        Map.entry("new-from", SyncText.fields("new", storedFrom())),
                        Map.entry("old-from", SyncText.fields("old", storedFrom())),
                        Map.entry(
                                "new-to", SyncText.fields("new", migration.to().keySet())),
                        Map.entry(
                                "old-to", SyncText.fields("old", migration.to().keySet())),
                        Map.entry("blank-from", blank.condition("new", from)),
                        Map.entry(
                                "blank-new",
                                blank.condition("new", migration.to().keySet())),
                        Map.entry(
                                "blank-old",
                                blank.condition("old", migration.to().keySet())),
                        Map.entry("note", observing ? new SyncObserver(names).note() + "\n    " : ""),
                        Map.entry("ups", computed(ups(), row(false))),
                        Map.entry("fills", fills()),
                        Map.entry("downs", computed(downs(), row(true))),
                        Map.entry("assignments", assignments()),
                        Map.entry("errors", migration.onError() == SyncErrors.LEAVE ? LEAVE : "")));
    }

    private List<Identifier> storedFrom() {
        return from.stream().map(this::stored).toList();
    }

    private Identifier stored(Identifier column) {
        return stored.getOrDefault(column, column);
    }

    private String variables() {
        var text = new StringBuilder();
        for (var i = 0; i < to.size(); i++) {
            var column = to.get(i).getKey();
            text.append(variable("backfleet_t" + (i + 1), column, "new." + column.quoted()));
        }
        for (var i = 0; i < down.size(); i++) {
            var column = down.get(i).getKey();
            text.append(variable(
                    "backfleet_f" + (i + 1), column, "new." + stored(column).quoted()));
        }
        return text + blank.variables();
    }

    // With a value from the beginning: a domain may not accept NULL.
    private String variable(String name, Identifier column, String value) {
        return "  " + name + " " + table.name().quoted() + "." + stored(column).quoted() + "%type := " + value + ";\n";
    }

    private String fills() {
        return IntStream.range(0, to.size())
                .mapToObj(i -> SyncText.fill(
                        FILL,
                        Map.of(
                                "column", to.get(i).getKey().quoted(),
                                "fill", computed(List.of(ups().get(i)), row(false)))))
                .collect(joining());
    }

    // The columns that expressions may use; after the new shape was filled, with the values that it has then.
    private String row(boolean filled) {
        var columns = migration.to().keySet().stream().toList();
        return used().stream()
                .map(column -> (filled && columns.contains(column)
                                ? "backfleet_t" + (columns.indexOf(column) + 1)
                                : "new." + stored(column).quoted())
                        + " as " + column.quoted())
                .collect(joining(", ", "select ", ""));
    }

    private Set<Identifier> used() {
        var written = Stream.concat(
                        to.stream().map(column -> column.getValue().up()),
                        down.stream().map(Map.Entry::getValue))
                .flatMap(expression -> expression.references().stream())
                .toList();
        var used = new LinkedHashSet<>(from);
        used.addAll(migration.to().keySet());
        table.columns().stream()
                .filter(column -> written.contains(column.name()))
                .forEach(used::add);
        return used;
    }

    private String assignments() {
        var all = new ArrayList<String>();
        for (var i = 0; i < down.size(); i++) {
            all.add("new." + stored(down.get(i).getKey()).quoted() + " := backfleet_f" + (i + 1) + ";");
        }
        for (var i = 0; i < to.size(); i++) {
            all.add("new." + to.get(i).getKey().quoted() + " := backfleet_t" + (i + 1) + ";");
        }
        return String.join("\n  ", all);
    }

    private List<Computed> ups() {
        return IntStream.range(0, to.size())
                .mapToObj(i -> new Computed(
                        "backfleet_t" + (i + 1),
                        to.get(i).getKey(),
                        expression(to.get(i).getValue().up())))
                .toList();
    }

    private List<Computed> downs() {
        return IntStream.range(0, down.size())
                .mapToObj(i -> new Computed(
                        "backfleet_f" + (i + 1),
                        down.get(i).getKey(),
                        expression(down.get(i).getValue())))
                .toList();
    }

    // INTO would take a variable of a composite type for a list of its fields.
    private String computed(List<Computed> all, String row) {
        var from = " from (" + row + ") as " + table.name().name().quoted();
        var statements = all.stream()
                .filter(one -> table.composite().contains(one.column()))
                .map(one -> one.variable() + " := (select " + one.expression() + from + ");")
                .collect(Collectors.toCollection(ArrayList::new));
        var plain = all.stream()
                .filter(one -> !table.composite().contains(one.column()))
                .toList();
        if (!plain.isEmpty()) {
            statements.add("select " + plain.stream().map(Computed::expression).collect(joining(", ")) + " into "
                    + plain.stream().map(Computed::variable).collect(joining(", ")) + from + ";");
        }
        return String.join("\n    ", statements);
    }

    private record Computed(String variable, Identifier column, String expression) {}

    private static String expression(SqlExpression expression) {
        return "(" + expression.text() + "\n)";
    }
}
