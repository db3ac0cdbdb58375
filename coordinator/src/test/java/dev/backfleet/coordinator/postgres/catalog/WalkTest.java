package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.key.KeyClass;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In how many passes a job walks follows from its table, and in which of them a row is changed from its key alone. */
@Tag("server")
class WalkTest {
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create collation insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        db.run("create table big (id bigint primary key, a integer, b integer, n integer not null default 0, "
                + "m integer generated always as (n + 1) stored, filler text) with (autovacuum_enabled = off)");
        db.run(
                "insert into big (id, a, b, n, filler) select i, i, i, 0, repeat('x', 120) from generate_series(1, 110000) i");
        db.run("create index big_a on big (a)");
        db.run("analyze big");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    private static PinnedSpec pinned(String spec) {
        return SpecPinner.pin(new PostgresCatalog(db.database), SpecParser.parse("walk.yaml", spec));
    }

    private static PinnedSpec big(String more) {
        return pinned("name: big\ntable: big\nset: { n: n + 1 }\n" + more);
    }

    @Test
    void a_table_with_full_pages_and_a_further_index_is_walked_over_in_passes() throws SQLException {
        var pinned = big("");
        assertThat(pinned.definition().walk().passes()).isEqualTo(8);
        assertThat(pinned.passesReason()).contains("1 index beside the key's");
        assertThat(big("walk: { passes: 3 }\n").definition().walk().passes()).isEqualTo(3);
        var once = big("walk: { passes: 1 }\n");
        assertThat(once.definition().walk().inPasses()).isFalse();
        assertThat(once.passesReason()).isEqualTo("as the spec says");
        assertThat(JobDefinition.JSON.write(once.definition()))
                .contains("\"v\":2")
                .doesNotContain("walk");
    }

    @ParameterizedTest
    @CsvSource({
        "create index i on big (n), drop index i, contains a column that is set",
        "create index i on big (m), drop index i, contains a column that is set",
        "create index i on big (b) where n > 5, drop index i, contains a column that is set",
        "create index i on big ((n + 1)), drop index i, contains a column that is set",
        "alter table big set (fillfactor = 50), alter table big reset (fillfactor), pages have room",
        "drop index big_a, create index big_a on big (a), no index beside the key's"
    })
    void one_pass_is_made_where_passes_win_nothing(String change, String back, String why) throws SQLException {
        db.run(change);
        try {
            assertThat(big("").passesReason()).contains(why);
            assertThat(big("").definition().walk().inPasses()).isFalse();
        } finally {
            db.run(back);
        }
    }

    @Test
    void small_shards_small_tables_and_random_keys_are_walked_over_once() throws SQLException {
        assertThat(big("shard: { rows: 5000 }\n").passesReason()).contains("a shard has few rows");
        db.run("create table spread as select * from big order by hashint8(id)");
        db.run("alter table spread add primary key (id)");
        db.run("create index on spread (a)");
        assertThat(pinned("name: s\ntable: spread\nset: { n: n + 1 }\n").passesReason())
                .contains("no statistics");
        db.run("analyze spread");
        assertThat(pinned("name: s\ntable: spread\nset: { n: n + 1 }\n").passesReason())
                .contains("lie on different pages");
        db.run("create table small (id bigint primary key, n integer)");
        db.run("create index on small (n)");
        assertThat(pinned("name: s\ntable: small\nset: { n: n + 1 }\n")
                        .definition()
                        .walk()
                        .inPasses())
                .isFalse();
    }

    @Test
    void a_key_without_classes_is_walked_over_once_or_refused() throws SQLException {
        db.run("create table bits (id bit(8) primary key, n integer)");
        assertThat(pinned("name: s\ntable: bits\nset: { n: n + 1 }\n")
                        .definition()
                        .walk()
                        .inPasses())
                .isFalse();
        assertThatThrownBy(() -> pinned("name: s\ntable: bits\nset: { n: n + 1 }\nwalk: { passes: 2 }\n"))
                .hasMessageContaining("hash function");
    }

    @Test
    void equal_keys_have_one_class_under_any_search_path() throws SQLException {
        db.run(
                "create table keyed (a numeric, b text collate insensitive, c timestamptz, n integer, primary key (a, b, c))");
        var job = pinned("name: k\ntable: keyed\nset: { n: n + 1 }\nwalk: { passes: 32 }\n")
                .definition();
        var row = new KeyClass(job).of(i -> new String[] {"a", "b", "c"}[i - 1]);
        var values = "(values (1.0, 'Ab' collate insensitive, timestamptz '2024-01-01 00:00+00'), "
                + "(1.00, 'aB' collate insensitive, timestamptz '2024-01-01 02:00+02')) v (a, b, c)";
        assertThat(db.ask("select count(distinct " + row + ") from " + values)).isEqualTo("1");
        db.run(
                "create schema tricky; create function tricky.hash_numeric(numeric) returns integer language sql as 'select 1'; "
                        + "create operator tricky.% (leftarg = bigint, rightarg = bigint, function = int8pl)");
        var plain = db.ask("select min(" + row + ") from " + values);
        db.run("set search_path = tricky, pg_catalog, public");
        assertThat(db.ask("select min(" + row + ") from " + values)).isEqualTo(plain);
        db.run("set search_path = public");
    }

    @Test
    void classes_are_as_many_as_passes_and_neighbours_are_in_different_ones() throws SQLException {
        var row = new KeyClass(big("walk: { passes: 7 }\n").definition()).of(i -> "id");
        assertThat(db.ask("select min(c) || ' ' || max(c) || ' ' || count(distinct c) from (select " + row
                        + " as c from generate_series(-1000, 1000) id) g"))
                .isEqualTo("0 6 7");
        assertThat(db.ask("select min(c) || ' ' || max(c) from (select count(distinct " + row
                        + ") as c from generate_series(7, 7006) id group by id / 7) g"))
                .isEqualTo("7 7");
        // Keys that come in steps.
        assertThat(db.ask(
                        "select min(n) > 50 from (select count(*) as n from generate_series(0, 700000, 700) id group by "
                                + row + ") g"))
                .isEqualTo("t");
    }
}
