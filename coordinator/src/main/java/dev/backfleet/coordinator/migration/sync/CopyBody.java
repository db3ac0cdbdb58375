package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Writes the text of the function of {@link CopySync}. */
final class CopyBody {

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

    private final KeptCopies copies;
    private final JobDefinition definition;
    private final CopyRows copy;
    private final String table;
    private final String alias;
    private final BlankColumns blank;

    CopyBody(KeptCopies copies) {
        this.copies = copies;
        this.definition = copies.definition();
        this.copy = copies.copy();
        this.table = copies.table();
        this.alias = Identifier.of(definition.table().name()).quoted();
        this.blank = new BlankColumns(table, copies.from(), copies.source().defaults(), copies.stored());
    }

    /** The text. */
    String text() {
        var columns = copy.values().stream()
                .map(CopiedColumn::name)
                .map(CopyBody::quotedName)
                .toList();
        var key = IntStream.rangeClosed(1, copy.into().key().size()).boxed().toList();
        var text = BODY.replace("{back}", copy.back().isEmpty() ? "" : BACK)
                .replace("{note}", copies.observing() ? NOTE : "");
        var parts = new HashMap<>(observation());
        parts.putAll(Map.ofEntries(
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
                Map.entry("back-theirs", each(copy.back(), one -> alias + "." + quotedName(one.column()), ", ")),
                Map.entry("back-ours", each(copy.back(), CopyBody::cast, ", ")),
                Map.entry(
                        "is-row",
                        each(
                                definition.key(),
                                column -> column.compare(
                                        alias + "." + quotedName(column.name()),
                                        Comparison.EQUAL,
                                        "new." + quotedName(column.name())),
                                " and "))));
        return SyncText.fill(text, parts);
    }

    private Map<String, String> observation() {
        return Map.of(
                "variables",
                copies.observing() ? "  backfleet_old boolean;\n" + blank.variables() : "",
                "blank",
                blank.condition("new", copies.from()),
                "old-from",
                SyncText.fields("old", copies.storedFrom()),
                "new-from",
                SyncText.fields("new", copies.storedFrom()),
                "observer",
                copies.observing() ? new SyncObserver(copies.names()).note() : "",
                "errors",
                copies.onError() == SyncErrors.LEAVE ? LEAVE : "");
    }

    // As it will be stored: the bytes of another type are others.
    private static String cast(WriteBack one) {
        return "cast(backfleet_t." + quotedName(one.from()) + " as " + one.type() + ")";
    }

    private String row(String of) {
        return copies.source().columns().stream()
                .map(column -> of + "." + copies.stored(column).quoted() + " as " + column.quoted())
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

    private static String quotedName(String name) {
        return Identifier.of(name).quoted();
    }

    private static <T> String each(List<T> all, Function<T, String> text, String between) {
        return all.stream().map(text).collect(joining(between));
    }
}
