package dev.backfleet.standalone;

import dev.backfleet.embedded.SharedServers;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Keys of types with an unexpected text form, order or cast, of extensions in a schema of their own, and with names
 * that are hard to write.
 */
final class HardKeys {
    /** Types without a hash function that a statement can call; some of them only in older releases of PostgreSQL, or of an extension. */
    static final Set<String> WITHOUT_HASH =
            Set.of("bit", "bit varying", "tsvector", "isn", "composite", "ltree", "hstore");

    private static final int HAS_MULTIRANGES = 14;
    private static final int WRITES_BYTES_AS_TEXT = 15;

    // Before, a byte above 127 is written as it is, which is no text.
    private static final String ONE_BYTE = SharedServers.postgres().majorVersion() >= WRITES_BYTES_AS_TEXT
            ? "(i % 200 - 100)::\"char\""
            : "(1 + i % 127)::\"char\"";
    private static final String ADDRESS = "case i % 3 when 0 then 'User' when 1 then 'user' else 'ÜSER' end "
            + "|| chr(65 + i % 26) || chr(97 + i % 7) || i || '@x'";

    private HardKeys() {}

    /** What the types need. */
    static void create(Handle handle) {
        handle.execute("create domain account as bigint not null check (value > 0)");
        handle.execute("create domain key_account as account check (value < 100000)");
        handle.execute("create schema extensions");
        for (var extension : List.of("citext", "ltree", "hstore", "isn")) {
            handle.execute("create extension " + extension + " schema extensions");
        }
        handle.execute("create domain address as extensions.citext not null check (value <> '')");
        handle.execute("create type room as (\"Floor\" integer, name text collate \"C\")");
    }

    static Stream<Arguments> all() {
        return Stream.of(domains(), extensions(), plain(), containers(), multiranges(), names())
                .flatMap(keys -> keys);
    }

    /** Some by which a table can be partitioned. */
    static Stream<Arguments> ofPartitions() {
        return Stream.of(
                key("integer", "id integer", "i * 7 - 10000", "id"),
                key("uuid", "id uuid", "md5(i::text)::uuid", "id"),
                key(
                        "text C",
                        "id text collate \"C\"",
                        "case when i % 2 = 0 then upper(md5(i::text)) else md5(i::text) end",
                        "id"),
                key("text ICU", "id text collate de", "chr(97 + i % 26) || chr(196 + i % 30) || ' ''' || i", "id"),
                key("citext", "id extensions.citext", ADDRESS, "id"),
                key("domain", "id key_account", "i", "id"),
                key("numeric", "id numeric", "i * 1.37 - 1000", "id"),
                key("timestamptz", "id timestamptz", "timestamptz '2024-03-31 00:30+01' + i * interval '7 min'", "id"),
                key("enum and integer", "m mood, id integer", "(enum_range(null::mood))[1 + i % 5], i", "m, id"),
                key(
                        "three columns",
                        "a date, b text collate de, c integer",
                        "date '2020-01-01' + i % 11, 't' || i % 3, i",
                        "a, b, c"),
                key(
                        "hostile names",
                        "\"Id \"\"x\"\"\" integer, \"a:b ?::int\" text",
                        "i % 20, i::text",
                        "\"Id \"\"x\"\"\", \"a:b ?::int\""));
    }

    private static Stream<Arguments> domains() {
        return Stream.of(
                key("not null domain", "id account", "i", "id"),
                key("domain over a domain", "id key_account", "i", "id"),
                key("domain over citext", "id address", ADDRESS, "id"));
    }

    private static Stream<Arguments> extensions() {
        return Stream.of(
                key("citext", "id extensions.citext", ADDRESS, "id"),
                key("citext, descending", "id extensions.citext", ADDRESS, "id desc"),
                key("integer and citext", "a integer, b extensions.citext", "i % 3, " + ADDRESS, "a, b"),
                key("citext and integer", "a extensions.citext, b integer", "'U' || chr(65 + i % 3), i", "a, b"),
                key(
                        "three of mixed schemas",
                        "a integer, b extensions.citext, c uuid",
                        "i % 2, case when i % 4 < 2 then 'k' else 'K' end, md5(i::text)::uuid",
                        "a, b, c"),
                key("ltree", "id extensions.ltree", "('a.' || i % 7 || '.b' || i)::extensions.ltree", "id"),
                key("hstore", "id extensions.hstore", "extensions.hstore('k' || i % 3, i::text)", "id"),
                key("isn", "id extensions.issn", "extensions.issn((1000000 + i)::text || '?')", "id"));
    }

    private static Stream<Arguments> plain() {
        return Stream.of(
                key("one byte", "a \"char\", id integer", ONE_BYTE + ", i", "a, id"),
                key("name", "id name", "'N' || i", "id"),
                key("bit", "id bit(20)", "i::bit(20)", "id"),
                key("bit varying", "id bit varying", "ltrim(i::bit(20)::text, '0')::varbit", "id"),
                key("oid", "id oid", "(4294967295 - i::bigint)::oid", "id"),
                key(
                        "regtype",
                        "a regtype, id integer",
                        "(array['integer', 'text', 'positive'])[1 + i % 3]::regtype, i",
                        "a, id"),
                key("regclass", "a regclass, id integer", "'\"My Schema\".renamed'::regclass, i", "a, id"),
                key("inet", "id inet", "'10.0.0.0'::inet + i", "id"),
                key("cidr", "id cidr", "set_masklen(('10.0.0.0'::inet + i * 256)::cidr, 24)", "id"),
                key("macaddr", "id macaddr", "lpad(to_hex(i), 12, '0')::macaddr", "id"),
                key("xid8", "id xid8", "i::text::xid8", "id"),
                key("pg_lsn", "id pg_lsn", "(to_hex(i) || '/' || to_hex(i * 65537))::pg_lsn", "id"),
                key(
                        "double precision",
                        "id double precision",
                        "case i when 1 then 'NaN'::float8 when 2 then '-Infinity' else i / 3.0 - 250 end",
                        "id"),
                key("real", "id real", "(i / 7.0 - 100)::real", "id"),
                key("numeric with NaN", "id numeric", "case i when 1 then 'NaN' else i + 0.500 end", "id"),
                key("timestamp", "id timestamp", "timestamp '1999-12-31 23:59:59.9' + i * interval '1.00001 s'", "id"),
                key("timetz", "a integer, id timetz", "i, '10:00+02'::timetz + i * interval '1 s'", "a, id"),
                key("interval", "id interval", "(i - 750) * interval '1 day 01:02:03'", "id"),
                key("jsonb", "id jsonb", "jsonb_build_object('a', i % 3, 'b', array[i])", "id"),
                key("tsvector", "id tsvector", "to_tsvector('simple', 'w' || i || ' ''more'' x\\y')", "id"));
    }

    private static Stream<Arguments> containers() {
        return Stream.of(
                key("integer array", "id integer[]", "array[i % 5, null, i]", "id"),
                key("text array", "id text[]", "array['a,\"b\"', '{' || i || '}', '']", "id"),
                key("enum array", "id mood[], b integer", "(enum_range(null::mood))[1 : 1 + i % 5], i", "id, b"),
                key("range", "id int4range", "int4range(i, case when i % 9 > 0 then i + i % 9 end)", "id"),
                key(
                        "timestamp range",
                        "id tstzrange",
                        "tstzrange('2020-01-01 00:00+01'::timestamptz + i * interval '1 s', null)",
                        "id"),
                key("composite", "id room", "row(i % 100, 'r \"' || i)::room", "id"));
    }

    private static Stream<Arguments> multiranges() {
        if (SharedServers.postgres().majorVersion() < HAS_MULTIRANGES) {
            return Stream.of();
        }
        return Stream.of(key(
                "multirange",
                "id int8multirange",
                "int8multirange(int8range(i, i + 1), int8range(i + 5, i + 6))",
                "id"));
    }

    private static Stream<Arguments> names() {
        return Stream.of(
                key(
                        "our names",
                        "backfleet_k integer, k1 integer, n1 integer",
                        "i % 2, i % 3, i",
                        "backfleet_k, k1, n1"),
                key("place and rows", "place integer, rows text, s integer", "i % 2, i::text, i", "place, rows, s"),
                key("one k", "k integer", "i", "k"),
                key(
                        "hostile names",
                        "\"Id \"\"x\"\"\" integer, \"a:b ?::int\" text, \"<c>$1\\\n{key}\" integer",
                        "i % 2, i::text, i",
                        "\"Id \"\"x\"\"\", \"a:b ?::int\", \"<c>$1\\\n{key}\""),
                key("long".repeat(10), "\"" + "é".repeat(31) + "\" integer", "i", "\"" + "é".repeat(31) + "\""));
    }

    private static Arguments key(String name, String columns, String values, String key) {
        return Arguments.of(name, columns, values, key);
    }

    /** A leaf of a partitioned table of a test. */
    static String leaf(String table, int number) {
        return table.replace(" :t ?\"", " " + number + "\"");
    }

    /** A text as it is written in a spec. */
    static String yaml(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
