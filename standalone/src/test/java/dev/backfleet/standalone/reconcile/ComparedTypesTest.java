package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values of all sorts of types are compared as they should be: no row is found that is right, and each that is wrong. */
@Tag("staged")
class ComparedTypesTest {
    /**
     * By the type of the new column: the expression over {@code id} that the job sets, and the one by which a row is spoiled.
     */
    private static final Map<String, List<String>> TYPES = new TreeMap<>(Map.ofEntries(
            Map.entry("integer", List.of("id * 2", "0")),
            Map.entry("numeric(10, 2)", List.of("id / 3.0", "id / 3.0 + 0.01")),
            Map.entry("double precision", List.of("case when id % 2 = 0 then 'NaN'::float8 else id / 7.0 end", "id")),
            Map.entry("text", List.of("'a' || id", "'A' || id")),
            Map.entry("varchar(5)", List.of("'v' || id", "'w'")),
            Map.entry("character(7)", List.of("'c' || id", "'d'")),
            Map.entry("text collate any_case", List.of("'a' || id", "'A' || id")),
            Map.entry("text collate \"C\"", List.of("lower(label)", "label")),
            Map.entry("json", List.of("json_build_object('id', id)", "'{\"id\":  1}'")),
            Map.entry("jsonb", List.of("jsonb_build_object('id', id)", "'[]'")),
            Map.entry("point", List.of("point(id, 1)", "point(id, 2)")),
            // Of the same area: the operator = would find them equal.
            Map.entry("box", List.of("box(point(0, 0), point(2, 3))", "box(point(1, 1), point(2, 7))")),
            Map.entry("circle", List.of("circle(point(0, 0), 3)", "circle(point(1, 1), 3)")),
            Map.entry("text[]", List.of("array['x', id::text, null]", "array['x', id::text]")),
            Map.entry("json[]", List.of("array[json_build_object('id', id)]", "array['{}'::json]")),
            Map.entry(
                    "odd.mood",
                    List.of("case when id % 2 = 0 then 'so so' else 'good' end::odd.mood", "'bad'::odd.mood")),
            Map.entry("odd.short_text", List.of("'s' || id", "'t'")),
            Map.entry("odd.pair", List.of("row(id, 'p')::odd.pair", "row(id, null)::odd.pair")),
            Map.entry(
                    "odd.pair_of_json", List.of("row(id, '{}')::odd.pair_of_json", "row(id, '{ }')::odd.pair_of_json")),
            Map.entry("int4range", List.of("int4range(id, id + 5)", "int4range(id, id + 4)")),
            Map.entry("bytea", List.of("decode(lpad(id::text, 8, '0'), 'hex')", "'\\x00'::bytea")),
            Map.entry(
                    "timestamp(0) with time zone",
                    List.of("timestamptz '2026-01-01 10:00:00.4' + id * interval '1 s'", "'epoch'")),
            Map.entry("interval", List.of("id * interval '1 month'", "interval '0'")),
            Map.entry("uuid", List.of("md5(id::text)::uuid", "md5('x')::uuid")),
            Map.entry("boolean", List.of("id % 2 = 0", "null")),
            Map.entry("tsvector", List.of("to_tsvector('simple', 'a b ' || id)", "''")),
            Map.entry("inet", List.of("inet '10.0.0.0' + id", "inet '::1'")),
            Map.entry("bit(3)", List.of("(id % 8)::bit(3)", "b'000'::bit(3)")),
            Map.entry("money", List.of("id::money", "0::money")),
            Map.entry("regclass", List.of("'pg_class'::regclass", "'pg_type'::regclass"))));

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        fleet = SHARED.get();
        fleet.run("create schema odd");
        fleet.run("create type odd.mood as enum ('good', 'so so', 'bad')");
        fleet.run("create domain odd.short_text as varchar(20) check (length(value) < 15)");
        fleet.run("create type odd.pair as (a integer, b text)");
        fleet.run("create type odd.pair_of_json as (a integer, b json)");
        fleet.run("create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @Test
    void each_type_by_itself() throws Exception {
        var types = new ArrayList<>(TYPES.keySet());
        var columns = new StringBuilder();
        var set = new StringBuilder();
        for (var i = 0; i < types.size(); i++) {
            columns.append(", \"c ").append(i).append("\" ").append(types.get(i));
            set.append("  '\"c ")
                    .append(i)
                    .append("\"': \"")
                    .append(written(expressions(types.get(i)).get(0)))
                    .append("\"\n");
        }
        fleet.run("create table odd.\"all types\" (id integer primary key, label text collate \"C\" not null" + columns
                + ")");
        fleet.run("insert into odd.\"all types\" select i, 'L' || i from generate_series(1, 400) i");
        fleet.backfill("types", "table: odd.\"all types\"\nset:\n" + set);
        assertThat(fleet.command(0, "reconcile", "types", "--rate", "none")).contains("SAFE");
        for (var i = 0; i < types.size(); i++) {
            fleet.run("update odd.\"all types\" set \"c " + i + "\" = "
                    + expressions(types.get(i)).get(1) + " where id = " + (100 + i));
        }
        var report = fleet.json(10, "reconcile", "types", "--rate", "none");
        var found = ComparingFleet.texts(report.at("/keys"), "key/0").stream()
                .map(key -> types.get(Integer.parseInt(key) - 100))
                .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(types);
        assertThat(report.at("/answer/rows/different").asInt()).isEqualTo(types.size());
    }

    private static List<String> expressions(String type) {
        return Objects.requireNonNull(TYPES.get(type));
    }

    private static String written(String expression) {
        return expression.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
