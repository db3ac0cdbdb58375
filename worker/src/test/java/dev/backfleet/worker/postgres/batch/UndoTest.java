package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.postgres.batch.KeptRows;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that keep the values which they overwrite, and batches that put them back. */
class UndoTest extends BatchFixture {
    private static final String COUNT = "select count(*) from backfleet.kept_row";

    private static JobDefinition keeping(JobDefinition job) {
        return job.working(new UpdateRows(job.work().set(), job.work().where(), Triggers.FIRE, OldValues.KEPT));
    }

    private static JobDefinition undoing(JobDefinition kept, Claim of) throws SQLException {
        return undoing(kept, of.shard().job());
    }

    private static JobDefinition undoing(JobDefinition kept, long job) throws SQLException {
        var rows = new KeptRows(kept);
        var types = new HashMap<String, String>();
        for (var column : kept.work().columns()) {
            types.put(
                    column,
                    fleet.ask(
                            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 't'::regclass "
                                    + "and attname = '" + column + "'"));
        }
        return kept.working(
                new UpdateRows(rows.restored(job, types), rows.unchanged(job), Triggers.FIRE, OldValues.undoing(job)));
    }

    private static String rows() throws SQLException {
        return fleet.ask("select coalesce(string_agg(t::text, E'\\n' order by t.id), '') from t");
    }

    private static long finish(Claim claim, Random random) {
        return inBatches(claim, random, 30);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numeric(12,4)      | 1.5000          | 0",
                "float8             | '-0.1'          | 0.30000000000000004",
                "float8             | 'NaN'           | 0",
                "text               | 'a b,{\"c\"}\\'  | null",
                "varchar(5)         | 'abc  '         | ''",
                "char(5)            | 'ab'            | 'x'",
                "bytea              | '\\x00ff27'     | '\\x'",
                "json               | '{ \"a\": 1 }'  | '{\"a\":1}'",
                "jsonb              | '{\"a\": 1.0}'  | null",
                "xml                | '<a> b</a>'     | '<a/>'",
                "point              | '(1.25,2)'      | '(0,0)'",
                "box                | '(4,3),(1,2)'   | '(2,2),(0,0)'",
                "timestamptz        | '2026-03-29 02:30:00.123456+05:45' | 'infinity'",
                "interval           | '1 mon -2 days 03:04:05.5' | '0'",
                "integer[]          | '[0:1]={7,null}' | '{}'",
                "text[]             | '{NULL,\"null\",\"\"}' | null",
                "int4range          | '[1,5)'         | 'empty'",
                "bit varying(9)     | '0101'          | ''",
                "inet               | '10.0.0.1/24'   | '10.0.0.1'",
                "uuid               | '6bffaf21-2c5f-4b1f-a55a-75b5b1a0d2d5' | null",
                "boolean            | null            | false",
                "money              | '-1.25'         | 0",
                "tsvector           | 'fat:2,4 cat:3' | ''",
                "oid                | 4000000000      | 0",
                "pair               | '(,)'           | null",
                "pair               | '(1,\"a,b\")'   | '(2,)'",
                "mood               | 'so so'         | 'good'"
            })
    void a_value_of_any_type_comes_back_as_it_was(String type, String before, String after) throws SQLException {
        fleet.run("create type pair as (i integer, s text); create type mood as enum ('so so', 'good')");
        fleet.run("create table t (id bigint primary key, v " + type + ")");
        fleet.run("insert into t values (1, " + before + ")");
        var old = fleet.ask("select v::text, num_nulls(v), pg_column_size(v) from t");
        var job = keeping(fleet.definition("t", null, List.of("id"), "v=" + after));
        var claim = fleet.claim(job, "{1}");
        assertThat(fleet.finish(claim, 10)).isEqualTo(1);
        assertThat(fleet.ask("select v::text, num_nulls(v), pg_column_size(v) from t"))
                .isNotEqualTo(old);
        assertThat(fleet.finish(fleet.claim(undoing(job, claim), "{1}"), 10)).isEqualTo(1);
        assertThat(fleet.ask("select v::text, num_nulls(v), pg_column_size(v) from t"))
                .isEqualTo(old);
        assertThat(fleet.ask(COUNT)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "tenant, id",
                "moment, id",
                "uid",
            })
    void rows_that_others_have_changed_since_stay_as_they_are_and_all_others_come_back(String key) throws SQLException {
        for (var seed = 1; seed <= 5; seed++) {
            var random = new Random(seed);
            fleet.run(
                    "create table t (id bigint not null, tenant text not null collate \"C\", moment timestamptz not null, "
                            + "uid uuid not null, n integer, name text collate \"POSIX\", region text, city text collate \"C\" not null default 'c', primary key ("
                            + key + "))");
            fleet.run(
                    "insert into t select i, 't' || i % 7, timestamptz '2026-01-01' + i * interval '1 day 1 microsecond', "
                            + "md5(i::text)::uuid, case when i % 5 > 0 then i end, 'name ' || i, "
                            + "case when i % 3 > 0 then 'eu' else 'us' end from generate_series(1, 120) i");
            var before = byId();
            var job = keeping(fleet.definition(
                    "t",
                    "region = 'eu'",
                    List.of(key.split(", ")),
                    "n=coalesce(n, 0) * 2",
                    "name=upper(name)",
                    "city='d'"));
            var upper = fleet.ask("select array[" + key + "]::text[]::text from t order by "
                    + key.replace(", ", " desc, ") + " desc limit 1");
            var claim = fleet.claim(job, upper);
            assertThat(finish(claim, random)).isEqualTo(80);
            assertThat(fleet.ask(COUNT)).isEqualTo("80");
            var changed = byId();
            var expected = new TreeMap<>(before);
            for (var id = 1; id <= 120; id++) {
                switch (random.nextInt(6)) {
                    case 0 -> fleet.run("update t set n = n - 1 where id = " + id);
                    case 1 -> fleet.run("update t set name = null where id = " + id);
                    case 2 -> fleet.run("delete from t where id = " + id);
                    // Away and back again, which nobody can tell from a row that was left alone.
                    case 3 ->
                        fleet.run("update t set name = 'x' where id = " + id
                                + "; update t set name = upper('name ' || id) "
                                + "where region = 'eu' and id = " + id + "; update t set name = 'name ' || id "
                                + "where region = 'us' and id = " + id);
                    default -> {}
                }
            }
            var now = byId();
            now.forEach((id, row) -> {
                if (!row.equals(changed.get(id))) {
                    expected.put(id, row);
                }
            });
            expected.keySet().retainAll(now.keySet());
            var conflicts = changed.entrySet().stream()
                    .filter(row -> !row.getValue().equals(before.get(row.getKey()))
                            && !row.getValue().equals(now.get(row.getKey())))
                    .count();
            var undo = finish(fleet.claim(undoing(job, claim), upper), random);
            assertThat(byId()).as("seed " + seed).isEqualTo(expected);
            assertThat(undo).isEqualTo(80 - conflicts);
            assertThat(fleet.ask(COUNT)).isEqualTo(String.valueOf(conflicts));
            forget();
        }
    }

    private static Map<Long, String> byId() throws SQLException {
        var rows = new TreeMap<Long, String>();
        for (var line : fleet.ask("select string_agg(id || '=' || t::text, E'\\n') from t")
                .split("\n")) {
            var parts = line.split("=", 2);
            rows.put(Long.parseLong(parts[0]), parts[1]);
        }
        return rows;
    }

    @Test
    void a_row_that_others_change_while_the_batch_waits_for_it_is_kept_as_they_have_left_it() throws Exception {
        try (var patient = TestFleet.openPatient();
                var application = patient.connect()) {
            patient.run("create table t (id bigint primary key, n integer)");
            patient.run("insert into t values (1, 10), (2, 20)");
            var job = keeping(patient.definition("t", "n > 5", List.of("id"), "n=n + 1"));
            var claim = patient.claim(job, "{2}");
            application.setAutoCommit(false);
            try (var statement = application.createStatement()) {
                statement.execute("update t set n = 15 where id = 1");
                statement.execute("update t set n = 0 where id = 2");
            }
            var batch = CompletableFuture.supplyAsync(
                    () -> patient.ranges.batch(claim, new Step.Batch(claim.cursor(), 10)));
            await().until(() -> patient.ask("select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                            + "and datname = current_database()")
                    .equals("1"));
            application.commit();
            assertThat(batch.join())
                    .hasValueSatisfying(result -> assertThat(result.changed()).isEqualTo(1));
            assertThat(patient.ask("select string_agg(t::text, ' ' order by id) from t"))
                    .isEqualTo("(1,16) (2,0)");
            assertThat(
                            patient.ask(
                                    "select string_agg(key::text || ' ' || old::text || ' ' || new::text, ', ') from backfleet.kept_row"))
                    .isEqualTo("{1} {15} {16}");
        }
    }

    @Test
    void a_partitioned_table_with_a_composite_key_is_put_back_leaf_by_leaf() throws SQLException {
        fleet.run("create table t (gone text, tenant text collate \"C\", id integer, n integer, name varchar(20), "
                + "primary key (tenant, id)) partition by list (tenant)");
        fleet.run("create table t_a partition of t for values in ('a'); alter table t drop column gone");
        // Its columns have other numbers and another order.
        fleet.run(
                "create table t_b (name varchar(20), n integer, id integer, tenant text collate \"C\", primary key (tenant, id))");
        fleet.run("alter table t attach partition t_b for values in ('b')");
        fleet.run("insert into t select tenant, i, nullif(i % 7, 0), 'name ' || i from generate_series(1, 40) i, "
                + "unnest(array['a', 'b']) tenant");
        var before = contents();
        var job = keeping(fleet.definition(
                "t",
                "t.id % 4 > 0",
                List.of("tenant", "id"),
                "n=coalesce(t.n, 0) + t.id",
                "name=t.tenant || upper(t.name)"));
        var id = fleet.job(job);
        var random = new Random(5);
        assertThat(inLeaves(id, random)).isEqualTo(60);
        assertThat(fleet.ask(
                        "select string_agg(relation::regclass || ' ' || rows, ', ' order by relation::regclass::text) "
                                + "from (select relation, count(*) as rows from backfleet.kept_row group by 1) k"))
                .isEqualTo("t_a 30, t_b 30");
        fleet.run(
                "update t set n = -1 where tenant = 'a' and id in (3, 4); delete from t where tenant = 'b' and id = 5; "
                        + "update t set tenant = 'b', id = 109 where tenant = 'a' and id = 9");
        var changed = contents();
        var undo = undoing(job, id);
        assertThat(inLeaves(fleet.job(undo), random)).isEqualTo(57);
        assertThat(fleet.ask(
                        "select string_agg(relation::regclass || key::text, ' ' order by relation::regclass::text, key) "
                                + "from backfleet.kept_row"))
                .isEqualTo("t_a{a,3} t_a{a,9} t_b{b,5}");
        var expected = new ArrayList<>(before);
        expected.removeIf(row ->
                row.startsWith("a 3 ") || row.startsWith("a 4 ") || row.startsWith("a 9 ") || row.startsWith("b 5 "));
        changed.stream()
                .filter(row -> row.startsWith("a 3 ") || row.startsWith("a 4 ") || row.startsWith("b 109 "))
                .forEach(expected::add);
        assertThat(contents()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<String> contents() throws SQLException {
        return List.of(fleet.ask(
                        "select string_agg(concat_ws(' ', tenant, id, coalesce(n::text, 'null'), name), E'\n') from t")
                .split("\n"));
    }

    private static long inLeaves(long id, Random random) throws SQLException {
        var rows = 0L;
        for (var leaf : List.of("t_a", "t_b")) {
            var task = fleet.shard(id, fleet.table(leaf), null, "{" + leaf.substring(2) + ",1000}");
            rows += finish(fleet.leases.claim(task).orElseThrow(), random);
        }
        return rows;
    }

    @Test
    void a_stale_claim_keeps_nothing_and_a_row_that_stays_as_it_is_is_not_kept() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer)");
        fleet.run("insert into t select i, i % 2 from generate_series(1, 10) i");
        var job = keeping(fleet.definition("t", null, List.of("id"), "n=1"));
        var claim = fleet.claim(job, "{10}");
        fleet.run("update backfleet.shard set epoch = epoch + 1");
        assertThat(fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 5))).isEmpty();
        assertThat(fleet.ask(COUNT)).isEqualTo("0");
        fleet.run("update backfleet.shard set epoch = epoch - 1");
        assertThat(fleet.finish(claim, 3)).isEqualTo(10);
        assertThat(fleet.ask("select string_agg(key[1], ' ' order by key[1]::int) from backfleet.kept_row"))
                .isEqualTo("2 4 6 8 10");
    }

    @Test
    void what_a_trigger_has_made_of_a_new_value_counts_as_written() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer, name text)");
        fleet.run("insert into t select i, i, null from generate_series(1, 4) i");
        var before = rows();
        // Version 13 reports each change of it at once, and the driver gives the connection up.
        var ofOwnDateStyle = SharedServers.postgres().majorVersion() > 13 ? "set local datestyle = 'SQL, DMY'; " : "";
        fleet.run("create function t_change() returns trigger language plpgsql as $$ begin "
                + ofOwnDateStyle + "if new.id = 3 then return null; end if; "
                + "if new.n <> old.n then new.n := new.n + 1000; end if; return new; end $$");
        fleet.run("create trigger t_change before update on t for each row when (new.n > 50 or old.n < 50) "
                + "execute function t_change()");
        var job = keeping(fleet.definition("t", null, List.of("id"), "n=n + 100", "name='x'"));
        var claim = fleet.claim(job, "{4}");
        assertThat(fleet.finish(claim, 3)).isEqualTo(3);
        assertThat(fleet.ask("select string_agg(key[1] || ' ' || new[1], ', ' order by key) from backfleet.kept_row"))
                .isEqualTo("1 1101, 2 1102, 4 1104");
        fleet.run("drop trigger t_change on t; drop function t_change()");
        assertThat(fleet.finish(fleet.claim(undoing(job, claim), "{4}"), 3)).isEqualTo(3);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void an_undo_that_is_interrupted_and_repeated_puts_each_row_back_once() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer)");
        fleet.run("insert into t select i, i from generate_series(1, 100) i");
        var before = rows();
        var job = keeping(fleet.definition("t", null, List.of("id"), "n=n + 1"));
        var claim = fleet.claim(job, "{100}");
        fleet.finish(claim, 40);
        var undo = undoing(job, claim);
        var first = fleet.claim(undo, "{100}");
        assertThat(fleet.ranges.batch(first, new Step.Batch(first.cursor(), 30)))
                .hasValueSatisfying(result -> assertThat(result.changed()).isEqualTo(30));
        assertThat(fleet.ask(COUNT)).isEqualTo("70");
        // Another job over the whole table: it finds the other rows only.
        assertThat(fleet.finish(fleet.claim(undo, "{100}"), 40)).isEqualTo(70);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_definition_that_keeps_or_puts_back_is_unreadable_for_earlier_releases() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer)");
        var job = fleet.definition("t", null, List.of("id"), "n=1");
        assertThat(version(job)).isEqualTo("2");
        assertThat(version(keeping(job))).isEqualTo("4");
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(keeping(job))))
                .isEqualTo(keeping(job));
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(job))).isEqualTo(job);
    }

    private static @Nullable String version(JobDefinition job) throws SQLException {
        return fleet.ask("select '" + JobDefinition.JSON.write(job).replace("'", "''") + "'::jsonb ->> 'v'");
    }
}
