package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the triggers that keep the copies of a table's rows as the rows are, in the statements that write the rows: one way, from the rows
 * to the copies.
 *
 * <p>They fire AFTER the row was written: a copy may refer to its row by a foreign key, and another trigger may have changed the row
 * before. Whether an update concerns the copy is seen from the values, not from the columns that the statement names; so the job's own
 * write-back, and that of the function, concern none. The copies of deleted rows go first: PostgreSQL checks a foreign key to the deleted
 * row by a trigger too, whose name begins with RI_, and fires triggers in the order of their names.
 */
public final class CopySync {
    /** The longest name of a job whose triggers have names of their own: PostgreSQL cuts longer ones. */
    public static final int LONGEST_NAME = 40;

    private static final String BODY = """

            #variable_conflict use_column
            declare
              backfleet_before record;
              backfleet_now record;
            begin
              if tg_op <> 'INSERT' then
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
            end
            """;

    private static final String BACK = """
              update {table} as {alias} set {back-set} from {into} as backfleet_t
              where {is-row} and {is-now} and row({back-theirs})::record operator(pg_catalog.*<>) row({back-ours})::record;
            """;

    private final String job;
    private final JobDefinition definition;
    private final CopyRows copy;
    private final List<Identifier> columns;
    private final Map<String, String> settings;
    private final String table;
    private final String alias;

    /**
     * Of a job that copies rows.
     *
     * @param job its name, of at most {@link #LONGEST_NAME} characters
     * @param columns the columns of its table that its expressions and its key use, at least
     * @param settings those of the function, as they are written in SQL, on which the values of the expressions may depend
     */
    public CopySync(String job, JobDefinition definition, List<String> columns, Map<String, String> settings) {
        this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        this.job = job;
        this.definition = definition;
        this.copy = definition.copyRows();
        this.columns = columns.stream().map(Identifier::of).toList();
        this.table = definition.table().quoted();
        this.alias = Identifier.of(definition.table().name()).quoted();
    }

    /** The statements that create it, each without a semicolon at its end. */
    public List<String> create() {
        var comment = SyncNames.literal("Backfleet, job " + job + ": keeps the copies in "
                + copy.into().shown() + " as the rows are; backfleet sync prints how to remove it");
        return List.of(
                "create function " + function() + "() returns trigger language plpgsql" + settings() + "\nas "
                        + quoted(body()),
                "comment on function " + function() + "() is " + comment,
                "create trigger " + name("d") + " after delete on " + table + " for each row execute function "
                        + function() + "()",
                "create trigger " + name("i") + " after insert on " + table + " for each row execute function "
                        + function() + "()",
                "create trigger " + name("u") + " after update on " + table + " for each row when (row("
                        + SyncText.fields("old", columns) + ")::record operator(pg_catalog.*<>) row("
                        + SyncText.fields("new", columns) + ")::record) execute function " + function() + "()");
    }

    /** The statements that remove it, each without a semicolon at its end; they may be run again. */
    public List<String> drop() {
        return Stream.concat(
                        Stream.of("d", "i", "u").map(event -> "drop trigger if exists " + name(event) + " on " + table),
                        Stream.of("drop function if exists " + function() + "()"))
                .toList();
    }

    private String body() {
        var names = copy.values().stream()
                .map(CopiedColumn::name)
                .map(CopySync::quotedName)
                .toList();
        var key = IntStream.rangeClosed(1, copy.into().key().size()).boxed().toList();
        var text = BODY.replace("{back}", copy.back().isEmpty() ? "" : BACK);
        return SyncText.fill(
                text,
                Map.ofEntries(
                        Map.entry("alias", alias),
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
                        Map.entry("columns", String.join(", ", names)),
                        Map.entry(
                                "values",
                                IntStream.rangeClosed(1, names.size())
                                        .mapToObj(this::value)
                                        .collect(joining(", "))),
                        Map.entry("excluded", each(names, name -> name + " = excluded." + name, ", ")),
                        Map.entry("theirs", each(names, name -> "backfleet_t." + name, ", ")),
                        Map.entry("ours", each(names, name -> "excluded." + name, ", ")),
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
        return columns.stream()
                .map(column -> of + "." + column.quoted() + " as " + column.quoted())
                .collect(joining(", "));
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
        return Identifier.of(definition.table().schema()).quoted() + "."
                + Identifier.of("backfleet_copy_" + job).quoted();
    }

    private String name(String event) {
        var before = event.equals("d") ? "A" : "zz";
        return Identifier.of(before + "_backfleet_copy_" + job + "_" + event).quoted();
    }

    private String settings() {
        return settings.entrySet().stream()
                .map(setting -> "\n  set " + setting.getKey() + " = " + setting.getValue())
                .collect(joining());
    }

    private static String quoted(String body) {
        var tag = "$backfleet$";
        for (var i = 1; body.contains(tag); i++) {
            tag = "$backfleet" + i + "$";
        }
        return tag + body + tag;
    }

    private static String quotedName(String name) {
        return Identifier.of(name).quoted();
    }

    private static <T> String each(List<T> all, Function<T, String> text, String between) {
        return all.stream().map(text).collect(joining(between));
    }
}
