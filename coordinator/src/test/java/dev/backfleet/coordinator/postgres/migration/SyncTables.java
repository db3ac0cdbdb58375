package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.migration.SyncModel.Row;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of two shapes with triggers of the application, under names that are easily mistaken for others, with a column that has no
 * equality, and one of which the equality ignores case.
 *
 * @param schema its schema
 * @param partitioned whether it is partitioned by {@code k}
 */
record SyncTables(String schema, boolean partitioned) {
    static final String MIGRATION = "split-it";

    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("full", "Full \"n");
        NAMES.put("doc", "doc");
        NAMES.put("first", "new");
        NAMES.put("last", "found");
        NAMES.put("note", "tg_op");
        NAMES.put("nick", "nick");
        NAMES.put("k", "k");
        NAMES.put("other", "other");
    }

    private static final String UP_FIRST = "split_part({full} collate \"C\", ' ', 1)";
    private static final String UP_LAST =
            "case when strpos({full} collate \"C\", '!') > 0 then (1 / (length({t}.{full}) - length({full})))::text "
                    + "when strpos({full} collate \"C\", ' ') > 0 "
                    + "then ltrim(substr({full} collate \"C\", strpos({full} collate \"C\", ' ') + 1)) "
                    + "when {full} is not null then '' end -- the rest";
    private static final String DOWN = "concat_ws(' ', {first}, nullif({last}, '')) "
            + "|| case when strpos({first}, '!') > 0 then (1 / (length({first}) - length({first})))::text else '' end";

    private static final String TABLE = """
            create table {name} (id integer, k integer not null default 0, {full} text collate public.insensitive, doc json, nick text,
              other integer not null default 0, primary key (id, k)) {partitioned};
            create table {s}.inbox (id integer, value text);
            create function {s}.trim() returns trigger language plpgsql as $$
              begin new.{full} := btrim(new.{full} collate "C", ' '); return new; end $$;
            create function {s}.nick() returns trigger language plpgsql as $$
              begin if new.nick is distinct from old.nick then new.{full} := new.nick; end if; return new; end $$;
            create function {s}.inbox() returns trigger language plpgsql as $$
              begin update {name} set {full} = new.value where id = new.id; return null; end $$;
            create trigger "a trim" before insert or update on {name} for each row execute function {s}.trim();
            create trigger "a nick" before update on {name} for each row execute function {s}.nick();
            create trigger inbox after insert on {s}.inbox for each row execute function {s}.inbox();
            """;

    private static final String PARTITIONS = """
            create table {s}.p0 partition of {name} for values in (0);
            create table {s}.p1 (other integer not null default 0, gone integer, k integer not null default 0, nick text, id integer not null,
              doc json, {full} text collate public.insensitive);
            alter table {s}.p1 drop column gone;
            alter table {name} attach partition {s}.p1 for values in (1);
            """;

    void create(TestDatabase db) throws SQLException {
        db.run("create schema " + Identifier.of(schema).quoted());
        db.run(filled(TABLE.replace("{partitioned}", partitioned ? "partition by list (k)" : "")));
        if (partitioned) {
            db.run(filled(PARTITIONS));
        }
    }

    Migration migration(boolean twoWay, boolean leave) {
        var draft = new MigrationBench.Draft(MIGRATION, name())
                .from(name("full"))
                .from("doc")
                .to(name("first"), "text", filled(UP_FIRST))
                .to(name("last"), "varchar(50) collate \"C\"", filled(UP_LAST))
                .to(name("note"), "json", "doc")
                .onError(leave ? SyncErrors.LEAVE : SyncErrors.RAISE);
        return (twoWay ? draft.down(name("full"), filled(DOWN)).down("doc", filled("{note}")) : draft).migration();
    }

    String name() {
        return Identifier.of(schema).quoted() + ".\"old\"";
    }

    String inbox() {
        return Identifier.of(schema).quoted() + ".inbox";
    }

    private static String name(String modelName) {
        return Objects.requireNonNull(NAMES.get(modelName), modelName);
    }

    String column(String modelName) {
        return Identifier.of(name(modelName)).quoted();
    }

    String insertColumns() {
        return NAMES.keySet().stream().map(this::column).collect(Collectors.joining(", ", "(id, ", ")"));
    }

    String select() {
        return "select id, " + NAMES.keySet().stream().map(this::column).collect(Collectors.joining(", ")) + " from "
                + name();
    }

    String ups() {
        return filled("{first} = (" + UP_FIRST + "\n), {last} = (" + UP_LAST + "\n), {note} = doc");
    }

    String unfilled() {
        return filled(
                "{first} is null and {last} is null and {note} is null and strpos(coalesce({full}, '') collate \"C\", '!') = 0");
    }

    String fromExcluded(boolean old) {
        return filled(old ? "{full} = excluded.{full}" : "{first} = excluded.{first}, {last} = excluded.{last}");
    }

    String merge(int id, String name) {
        return filled("merge into {name} as b using (values (" + id + ", " + name
                + "::text)) a (id, value) on a.id = b.id when matched then update set {full} = a.value "
                + "when not matched then insert (id, {full}) values (a.id, a.value)");
    }

    String csv(int id, Row row) {
        return id + ","
                + columns(row).keySet().stream()
                        .map(column -> field(value(row, column)))
                        .collect(Collectors.joining(","));
    }

    private static String field(@Nullable Object value) {
        return value == null ? "\\N" : "\"" + value.toString().replace("\"", "\"\"") + "\"";
    }

    /** The columns of a row and their values as literals, in the order of {@link #insertColumns}. */
    static Map<String, String> columns(Row row) {
        var all = new LinkedHashMap<String, String>();
        NAMES.keySet().forEach(column -> {
            var value = value(row, column);
            all.put(column, value == null ? "null" : SyncWriters.text(value.toString()));
        });
        return all;
    }

    private static @Nullable Object value(Row row, String column) {
        return switch (column) {
            case "full" -> row.full();
            case "doc" -> row.doc();
            case "first" -> row.first();
            case "last" -> row.last();
            case "note" -> row.note();
            case "nick" -> row.nick();
            case "k" -> row.k();
            default -> row.other();
        };
    }

    private String filled(String template) {
        var text = template.replace("{name}", name())
                .replace("{s}", Identifier.of(schema).quoted())
                .replace("{t}", "\"old\"");
        for (var column : List.copyOf(NAMES.keySet())) {
            text = text.replace("{" + column + "}", column(column));
        }
        return text;
    }
}
