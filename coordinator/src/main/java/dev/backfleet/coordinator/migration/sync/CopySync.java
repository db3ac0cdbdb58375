package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.migration.sync.SyncTrigger.Event;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes what keeps the copies of a table's rows as the rows are, in the statements that write the rows: one way, from the rows to the
 * copies.
 *
 * <p>They fire AFTER the row was written: a copy may refer to its row by a foreign key, and another trigger may have changed the row
 * before. Whether an update concerns the copy is seen from the values, not from the columns that the statement names; so the job's own
 * write-back, and that of the function, concern none, and need no guard. They fire for a statement of the job all the same if a trigger of
 * the table changes what is copied in it. The copies of deleted rows go first: PostgreSQL checks a foreign key to the deleted
 * row by a trigger too, whose name begins with RI_, and fires triggers in the order of their names.
 */
public final class CopySync implements Sync {
    /** The longest name of a job whose triggers have names of their own: PostgreSQL cuts longer ones. */
    public static final int LONGEST_NAME = 40;

    private static final String BODY = """

            #variable_conflict use_column
            declare
              backfleet_before record;
              backfleet_now record;
            {variables}begin
            {note}  if tg_op <> 'INSERT' then
                select {keys} into backfleet_before from (select {old}) as {alias};
              end if;
              if tg_op = 'DELETE' then
                delete from {into} as backfleet_t where {is-before};
                return null;
              end if;
              select {keys} into backfleet_now from (select {new}) as {alias};
              if tg_op = 'UPDATE' then
                if row({before-fields})::record operator(pg_catalog.*<>) row({now-fields})::record then
                  update {into} as backfleet_t set {new-key} where {is-before};
                end if;
              end if;
              insert into {into} as backfleet_t ({columns})
              select {values} from (select {new}) as {alias}
              on conflict ({key}) do update set {excluded}
              where row({theirs})::record operator(pg_catalog.*<>) row({ours})::record;
            {back}  return null;
            {errors}end
            """;

    // The old shape is written if its columns have a value, or change.
    private static final String NOTE = """
              if tg_op = 'INSERT' then
                backfleet_old := not ({blank});
              elsif tg_op = 'UPDATE' then
                backfleet_old := row({old-from})::record operator(pg_catalog.*<>) row({new-from})::record;
              end if;
              {observer}
            """;

    // What is no fault of the row concerns the application's transaction as a whole.
    private static final String LEAVE = """
            exception
              when transaction_rollback or insufficient_resources or operator_intervention or lock_not_available then
                raise;
              when others then
                return null;
            """;

    private static final String BACK = """
              update {table} as {alias} set {back-set} from {into} as backfleet_t
              where {is-row} and {is-now} and row({back-theirs})::record operator(pg_catalog.*<>) row({back-ours})::record;
            """;

    private final SyncNames names;
    private final CopiedTable source;
    private final List<Identifier> from;
    private final SyncErrors onError;
    private final boolean observing;
    private final Map<Identifier, Identifier> stored;
    private final JobDefinition definition;
    private final CopyRows copy;
    private final String table;
    private final String alias;

    /**
     * That of a migration.
     *
     * @param source its table, with its schema
     */
    public CopySync(Migration migration, CopiedTable source) {
        this(
                new SyncNames(migration.name(), name(source)),
                source,
                migration.from(),
                migration.onError(),
                false,
                Map.of());
    }

    private CopySync(
            SyncNames names,
            CopiedTable source,
            List<Identifier> from,
            SyncErrors onError,
            boolean observing,
            Map<Identifier, Identifier> stored) {
        this.names = names;
        this.source = source;
        this.from = from;
        this.onError = onError;
        this.observing = observing;
        this.stored = stored;
        this.definition = source.definition();
        this.copy = definition.copyRows();
        this.table = definition.table().quoted();
        this.alias = Identifier.of(definition.table().name()).quoted();
    }

    /**
     * That of a job that belongs to no migration.
     *
     * @param job its name, of at most {@link #LONGEST_NAME} characters
     */
    public static CopySync ofJob(String job, CopiedTable source) {
        return new CopySync(
                new SyncNames(SyncNames.Owner.JOB, job, name(source)),
                source,
                List.of(),
                SyncErrors.RAISE,
                false,
                Map.of());
    }

    private static TableName name(CopiedTable source) {
        var table = source.definition().table();
        return TableName.of(Identifier.of(table.schema()), Identifier.of(table.name()));
    }

    @Override
    public CopySync observing() {
        return new CopySync(names, source, from, onError, true, stored);
    }

    @Override
    public CopySync renamed(Map<Identifier, Identifier> others) {
        return new CopySync(names, source, from, onError, observing, Map.copyOf(others));
    }

    @Override
    public String create() {
        return "create function " + definition();
    }

    @Override
    public String replace() {
        return "create or replace function " + definition();
    }

    private String definition() {
        return SyncText.function(function(), source.settings(), body());
    }

    @Override
    public List<SyncTrigger> triggers() {
        return List.of(
                SyncTrigger.after(Event.DELETE, names.deleteTrigger(), trigger(names.deleteTrigger(), "delete", "")),
                SyncTrigger.after(Event.INSERT, names.insertTrigger(), trigger(names.insertTrigger(), "insert", "")),
                SyncTrigger.after(
                        Event.UPDATE,
                        names.updateTrigger(),
                        trigger(
                                names.updateTrigger(),
                                "update",
                                "when (row(" + SyncText.fields("old", source.columns())
                                        + ")::record operator(pg_catalog.*<>) row("
                                        + SyncText.fields("new", source.columns()) + ")::record) ")));
    }

    private String trigger(Identifier name, String event, String when) {
        return "create trigger " + name.quoted() + " after " + event + " on " + table + " for each row " + when
                + "execute function " + function() + "()";
    }

    /** The statements that create it for a job, each without a semicolon at its end. */
    public List<String> statements() {
        var comment = SyncNames.literal("Backfleet, job " + names.name() + ": keeps the copies in "
                + copy.into().shown() + " as the rows are; backfleet sync prints how to remove it");
        return Stream.concat(
                        Stream.of(create(), "comment on function " + function() + "() is " + comment),
                        triggers().stream().map(SyncTrigger::statement))
                .toList();
    }

    /** The statements that remove it, each without a semicolon at its end; they may be run again. */
    public List<String> drop() {
        return Stream.concat(
                        names.triggers().stream()
                                .map(name -> "drop trigger if exists " + name.quoted() + " on " + table),
                        Stream.of("drop function if exists " + function() + "()"))
                .toList();
    }

    @Override
    public String body() {
        var columns = copy.values().stream()
                .map(CopiedColumn::name)
                .map(CopySync::quotedName)
                .toList();
        var key = IntStream.rangeClosed(1, copy.into().key().size()).boxed().toList();
        var text = BODY.replace("{back}", copy.back().isEmpty() ? "" : BACK).replace("{note}", observing ? NOTE : "");
        return SyncText.fill(
                text,
                Map.ofEntries(
                        Map.entry("alias", alias),
                        Map.entry("variables", observing ? variables() : ""),
                        Map.entry("blank", blank()),
                        Map.entry("old-from", SyncText.fields("old", storedFrom())),
                        Map.entry("new-from", SyncText.fields("new", storedFrom())),
                        Map.entry("observer", observing ? new SyncObserver(names).note() : ""),
                        Map.entry("errors", onError == SyncErrors.LEAVE ? LEAVE : ""),
                        Map.entry("table", table),
                        Map.entry("into", copy.into().quoted()),
                        Map.entry("old", row("old")),
                        Map.entry("new", row("new")),
                        Map.entry("keys", each(key, i -> value(copy.placeOfKey(i)) + " as k" + i, ", ")),
                        Map.entry("is-before", isCopy("backfleet_before")),
                        Map.entry("is-now", isCopy("backfleet_now")),
                        Map.entry("before-fields", each(key, i -> "backfleet_before.k" + i, ", ")),
                        Map.entry("now-fields", each(key, i -> "backfleet_now.k" + i, ", ")),
                        Map.entry("new-key", each(key, i -> keyName(i) + " = backfleet_now.k" + i, ", ")),
                        Map.entry("key", each(key, this::keyName, ", ")),
                        Map.entry("columns", String.join(", ", columns)),
                        Map.entry(
                                "values",
                                IntStream.rangeClosed(1, columns.size())
                                        .mapToObj(this::value)
                                        .collect(joining(", "))),
                        Map.entry("excluded", each(columns, name -> name + " = excluded." + name, ", ")),
                        Map.entry("theirs", each(columns, name -> "backfleet_t." + name, ", ")),
                        Map.entry("ours", each(columns, name -> "excluded." + name, ", ")),
                        Map.entry(
                                "back-set",
                                each(
                                        copy.back(),
                                        one -> quotedName(one.column()) + " = backfleet_t." + quotedName(one.from()),
                                        ", ")),
                        Map.entry(
                                "back-theirs", each(copy.back(), one -> alias + "." + quotedName(one.column()), ", ")),
                        Map.entry("back-ours", each(copy.back(), CopySync::cast, ", ")),
                        Map.entry(
                                "is-row",
                                each(
                                        definition.key(),
                                        column -> column.compare(
                                                alias + "." + quotedName(column.name()),
                                                Comparison.EQUAL,
                                                "new." + quotedName(column.name())),
                                        " and "))));
    }

    // As it will be stored: the bytes of another type are others.
    private static String cast(WriteBack one) {
        return "cast(backfleet_t." + quotedName(one.from()) + " as " + one.type() + ")";
    }

    private String row(String of) {
        return source.columns().stream()
                .map(column -> of + "." + stored(column).quoted() + " as " + column.quoted())
                .collect(joining(", "));
    }

    private Identifier stored(Identifier column) {
        return stored.getOrDefault(column, column);
    }

    private List<Identifier> storedFrom() {
        return from.stream().map(this::stored).toList();
    }

    private List<Identifier> defaulted() {
        return from.stream().filter(source.defaults()::containsKey).toList();
    }

    private String variables() {
        var defaulted = defaulted();
        return "  backfleet_old boolean;\n"
                + IntStream.range(0, defaulted.size())
                        .mapToObj(i -> "  backfleet_d" + (i + 1) + " " + table + "."
                                + stored(defaulted.get(i)).quoted() + "%type := ("
                                + source.defaults().get(defaulted.get(i)) + "\n);\n")
                        .collect(joining());
    }

    // Without a value, or with the default, as after an INSERT that does not name the column.
    private String blank() {
        var defaulted = defaulted();
        return from.stream()
                .map(column -> {
                    var field = "new." + stored(column).quoted();
                    var isNull = "pg_catalog.num_nonnulls(" + field + ") = 0";
                    var position = defaulted.indexOf(column);
                    return position < 0
                            ? isNull
                            : "(" + isNull + " or row(" + field + ")::record operator(pg_catalog.*=) row(backfleet_d"
                                    + (position + 1) + ")::record)";
                })
                .collect(joining(" and "));
    }

    private String value(int place) {
        var value = copy.values().get(place - 1);
        return "cast((" + SqlExpression.parse(value.expression()).text() + "\n) as " + value.type() + ")";
    }

    private String isCopy(String of) {
        return IntStream.rangeClosed(1, copy.into().key().size())
                .mapToObj(i -> copy.into().key().get(i - 1).same("backfleet_t." + keyName(i), of + ".k" + i))
                .collect(joining(" and "));
    }

    private String keyName(int i) {
        return quotedName(copy.into().key().get(i - 1).name());
    }

    private String function() {
        return names.function().quoted();
    }

    private static String quotedName(String name) {
        return Identifier.of(name).quoted();
    }

    private static <T> String each(List<T> all, Function<T, String> text, String between) {
        return all.stream().map(text).collect(joining(between));
    }
}
