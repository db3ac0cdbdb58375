package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.operation.FindingsRefused;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A spec that can run, and that a person may not have meant so, is stored with findings. */
@Tag("server")
class SpecFindingsTest {
    private static final boolean SUMMARIZING_INDEXES_ALLOW_HOT =
            SharedServers.postgres().majorVersion() >= 16;

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t cascade; drop function if exists f cascade; delete from backfleet.job");
    }

    private static void create(String more) throws SQLException {
        db.run("create table t (tenant integer not null, id integer, n integer, o text, primary key (tenant, id))");
        db.run("insert into t select 1 + i % 3, i, 0, 'x' from generate_series(1, 30) i");
        if (!more.isEmpty()) {
            db.run(more);
        }
    }

    private static List<String> findings(String spec) {
        return db.force(spec).findings().stream()
                .map(finding -> finding.code().text() + ": " + finding.message())
                .toList();
    }

    @Test
    void nothing_is_said_of_a_spec_that_is_as_it_should_be() throws SQLException {
        create("create index on t (o)");
        assertThat(findings("name: j\ntable: t\ntenant: tenant\nset: { n: 1 }\nwhere: n = 0\nrollout: [50, 100]\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create index i on t (o, n) | index i",
                "create index i on t (o) include (n) | index i",
                "create index i on t ((n + 1)) | index i",
                "create index i on t (o) where n > 3 | index i",
                "create index i on t using hash (n) | index i",
                "create unique index i on t (n, id); create index j on t (n) | indexes i, j",
                "alter table t add constraint c unique (n, tenant, id) | index c",
                "create index a on t (n); create index b on t (n); create index c on t (n); create index d on t (n); "
                        + "create index e on t (n); create index f on t (n) | indexes a, b, c, d, e and 1 more",
            })
    void a_column_in_an_index_prevents_HOT_updates(String index, String named) throws SQLException {
        create(index);
        assertThat(findings("name: j\ntable: t\nset: { n: 1 }\nwhere: n = 0\n"))
                .containsExactly("column-indexed: the column n is in the " + named
                        + ": each changed row gets new entries in all indexes of the table (no HOT update)");
    }

    @Test
    void an_index_of_partitions_is_named_once_and_one_that_only_summarizes_is_not() throws SQLException {
        db.run("create table t (id integer primary key, n integer, b integer) partition by range (id)");
        db.run("create table t1 partition of t for values from (1) to (10)");
        db.run("create table t2 partition of t for values from (10) to (20)");
        db.run("create index whole on t (n); create index own on t2 (n); create index brin on t using brin (b)");
        assertThat(findings("name: j\ntable: t\nset: { n: 1, b: 2 }\nwhere: n = 0\n"))
                .filteredOn(finding -> SUMMARIZING_INDEXES_ALLOW_HOT || !finding.contains("the index brin"))
                .containsExactly("column-indexed: the column n is in the indexes own, whole"
                        + ": each changed row gets new entries in all indexes of the table (no HOT update)");
    }

    @Test
    void a_batch_that_reads_the_index_of_where_instead_of_the_keys_range_is_refused() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o text)");
        db.run("insert into t select i, case when i <= 100 then 0 else i end, 'x' from generate_series(1, 50000) i");
        var spec = "name: j\ntable: t\nset: { o: \"'y'\" }\nwhere: n = 0 and o = 'x'\nbatch: { max-rows: 5 }\n";
        db.run("create index by_n on t (n); analyze t");
        assertThatThrownBy(() -> db.submit(spec))
                .isInstanceOf(FindingsRefused.class)
                .hasMessageMatching(
                        "PostgreSQL would find the rows of a batch on public.t by .* \\(by_n\\), which reads about 1?\\d\\d"
                                + " rows for each batch of 5; .*");
        assertThat(db.ask("select count(*) from backfleet.job")).isEqualTo("0");
        // Of larger batches, these are not many more than a batch has.
        assertThat(findings(spec.replace("5 }", "50 }"))).isEmpty();
        db.run("drop index by_n; delete from backfleet.job");
        assertThat(findings(spec)).isEmpty();
    }

    @Test
    void every_row_is_changed_without_a_where() throws SQLException {
        create("");
        assertThat(findings("name: j\ntable: t\nset: { n: 1 }\n"))
                .containsExactly(
                        "no-where: without a where, every row is changed, rows that are right already as well");
    }

    @Test
    void triggers_that_the_job_fires_are_named() throws SQLException {
        create("create function f() returns trigger language plpgsql as 'begin return new; end'");
        db.run("create trigger late after update on t for each row execute function f()");
        db.run("create trigger \"Other\" before update of n on t for each row execute function f()");
        db.run("create trigger not_this before update of o on t for each row execute function f()");
        db.run("create trigger nor_this before insert on t for each row execute function f()");
        assertThat(findings("name: j\ntable: t\nset: { n: 1 }\nwhere: n = 0\n"))
                .hasSize(2)
                .contains(
                        "triggers-fire: triggers that the job fires: \"Other\" (BEFORE each row: public.f() in plpgsql), late (AFTER each"
                                + " row: public.f() in plpgsql)")
                .anyMatch(line ->
                        line.startsWith("trigger-may-keep-rows: the trigger \"Other\" on public.t fires BEFORE"));
        assertThat(findings("name: k\ntable: t\nset: { n: 1 }\nwhere: n = 0\ntriggers: suppress\n"))
                .containsExactly(
                        "triggers-suppressed: triggers are suppressed, and with them the checks of foreign keys on the changed"
                                + " columns",
                        "column-set-by-job: the unfinished job j (id " + id("j")
                                + ") sets n as well: which of both changes a" + " row last is left to chance");
    }

    private static String id(String name) throws SQLException {
        return db.ask("select id from backfleet.job where name = '" + name + "'");
    }

    @Test
    void tenants_of_a_rollout_that_have_no_rows_are_named() throws SQLException {
        create("");
        assertThat(findings("""
                name: j
                table: t
                tenant: tenant
                set: { n: 1 }
                where: n = 0
                rollout: [{ tenants: [1, 17, 003] }, { tenants: [18] }, 100]
                """))
                .containsExactly("tenant-without-rows: the tenants 17, 18 of the rollout have no rows");
        db.run("delete from backfleet.job");
        assertThat(findings("""
                name: k
                table: t
                tenant: tenant
                set: { o: "'y'" }
                where: o = 'x'
                rollout: [{ tenants: [17, 2] }, 100]
                """)).containsExactly("tenant-without-rows: the tenant 17 of the rollout has no rows");
    }

    @Test
    void a_tenant_without_an_index_is_told_with_the_index_that_is_missing() throws SQLException {
        create("alter table t add other integer not null default 1");
        assertThat(db.submit("name: j\ntable: public.t\ntenant: other\nset: { n: 1 }\nwhere: n = 0\n")
                        .findings())
                .extracting(Finding::line)
                .containsExactly(
                        "no index starts with other and continues with the key (tenant, id): shards follow the key,"
                                + " not the tenants; for shards that do: create index concurrently on public.t (other, tenant, id)");
    }

    @Test
    void another_unfinished_job_that_sets_the_same_column_is_named() throws SQLException {
        create("");
        db.submit("name: one\ntable: t\nset: { n: 1, o: \"'y'\" }\nwhere: n = 0\n");
        assertThat(findings("name: two\ntable: t\nset: { o: \"'z'\" }\nwhere: o = 'x'\n"))
                .containsExactly("column-set-by-job: the unfinished job one (id " + id("one")
                        + ") sets o as well: which of both changes a row last is left to chance");
        db.run("update backfleet.job set state = 'CANCELLED', finished_at = now()");
        assertThat(findings("name: three\ntable: t\nset: { o: \"'z'\" }\nwhere: o = 'x'\n"))
                .isEmpty();
    }
}
