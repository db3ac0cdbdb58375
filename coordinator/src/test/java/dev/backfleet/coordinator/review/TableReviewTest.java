package dev.backfleet.coordinator.review;

import static dev.backfleet.coordinator.review.ReviewedTable.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.backfleet.coordinator.finding.FindingCode;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found about constraints, replication and storage of a table: where its cause is, and not where it is not. */
@Tag("server")
class TableReviewTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ReviewedTable table;

    @BeforeAll
    static void open() {
        table = new ReviewedTable();
    }

    @AfterAll
    static void close() throws SQLException {
        table.close();
    }

    @AfterEach
    void drop() throws SQLException {
        table.drop();
    }

    @Test
    void foreign_keys_to_a_column_that_is_set() throws SQLException {
        table.create(
                "alter table \"T t\" add unique (n); create table child (id int, \"p n\" integer constraint \"f k\" references \"T t\" (n))");
        var plain = "the foreign key \"f k\" of \"My shop\".child refers to a column that is set";
        assertThat(table.of(FindingCode.REFERENCE_WITHOUT_INDEX, SPEC))
                .singleElement()
                .asString()
                .startsWith(plain)
                .endsWith("create index concurrently on \"My shop\".child (\"p n\")");
        table.db.run("create index i on \"My shop\".child (\"p n\", id)");
        assertThat(table.of(FindingCode.REFERENCE_WITHOUT_INDEX, SPEC)).isEmpty();
        assertThat(table.of(FindingCode.FOREIGN_KEY_CHECKED, SPEC)).hasSize(1);
        // An index that does not begin with the column, or has only some rows, does not help.
        table.db.run("drop index \"My shop\".i; create index i on \"My shop\".child (id, \"p n\");"
                + " create index on \"My shop\".child (\"p n\") where id = 1");
        assertThat(table.of(FindingCode.REFERENCE_WITHOUT_INDEX, SPEC)).hasSize(1);
        table.db.run(
                "alter table \"My shop\".child drop constraint \"f k\", add constraint \"f k\" foreign key (\"p n\") references"
                        + " \"My shop\".\"T t\" (n) on update cascade");
        assertThat(table.of(FindingCode.CASCADE_WITHOUT_INDEX, SPEC))
                .singleElement()
                .asString()
                .startsWith(plain + ", ON UPDATE CASCADE, and no index begins with its columns");
        table.db.run("create index on \"My shop\".child (\"p n\")");
        assertThat(table.of(FindingCode.CASCADE_WITHOUT_INDEX, SPEC)).isEmpty();
        assertThat(table.of(FindingCode.FOREIGN_KEY_CASCADES, SPEC)).hasSize(1);
        assertThat(table.of(FindingCode.FOREIGN_KEY_CASCADES, SPEC + "triggers: suppress\n"))
                .isEmpty();
        assertThat(table.of(FindingCode.FOREIGN_KEY_CASCADES, SPEC.replace("{ n: 1 }", "{ o: \"'x'\" }")))
                .isEmpty();
    }

    @Test
    void a_foreign_key_of_a_partitioned_table_is_told_once() throws SQLException {
        table.createPartitioned(
                "create table kind (id integer primary key); alter table \"T t\" add constraint f foreign key (n)"
                        + " references kind");
        assertThat(table.of(FindingCode.FOREIGN_KEY_CHECKED, SPEC))
                .containsExactly("a column that is set is part of the foreign key f: for each new value, the row of"
                        + " \"My shop\".kind that it refers to is looked up and locked");
        assertThat(table.of(FindingCode.FOREIGN_KEY_CHECKED, SPEC.replace("{ n: 1 }", "{ o: \"'x'\" }")))
                .isEmpty();
    }

    @Test
    void constraints_that_are_not_valid() throws SQLException {
        table.createPartitioned("alter table \"T t\" add constraint \"c c\" check (length(o) < 9) not valid");
        assertThat(table.of(FindingCode.CONSTRAINT_NOT_VALID, SPEC))
                .containsExactly(
                        "the constraint \"c c\" of \"My shop\".\"T t\" is NOT VALID (CHECK ((length(o) < 9))): every row that"
                                + " the job changes is checked, and rows that violate it go to quarantine; fix such rows before; alter table"
                                + " \"My shop\".\"T t\" validate constraint \"c c\" shows whether there are any");
        table.db.run("alter table \"My shop\".\"T t\" validate constraint \"c c\"");
        assertThat(table.of(FindingCode.CONSTRAINT_NOT_VALID, SPEC)).isEmpty();
    }

    @Test
    void publications_and_how_rows_are_identified() throws SQLException {
        table.create("analyze \"T t\"");
        assertThat(table.of(FindingCode.PUBLISHED, SPEC)).isEmpty();
        table.db.run("create publication p for table \"My shop\".\"T t\" with (publish = 'insert')");
        assertThat(table.of(FindingCode.PUBLISHED, SPEC)).isEmpty();
        table.db.run("create publication \"P 2\" for all tables");
        assertThat(table.of(FindingCode.PUBLISHED, SPEC))
                .singleElement()
                .asString()
                .startsWith(
                        "the publication \"P 2\" sends each changed row to its subscribers: up to about 20 updates");
        assertThat(table.of(FindingCode.REPLICA_IDENTITY_FULL, SPEC)).isEmpty();
        table.db.run("alter table \"My shop\".\"T t\" replica identity full");
        assertThat(table.of(FindingCode.REPLICA_IDENTITY_FULL, SPEC))
                .singleElement()
                .asString()
                .startsWith("\"My shop\".\"T t\" has REPLICA IDENTITY FULL, and the publication \"P 2\" publishes it");
    }

    @Test
    void a_published_partition_without_an_identity_is_an_error() throws SQLException {
        table.createPartitioned(
                "truncate \"T t\"; alter table \"D d\" replica identity nothing; create publication p for table \"T t\"");
        var found = table.of(FindingCode.REPLICA_IDENTITY_MISSING, SPEC);
        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("\"My shop\".\"D d\" has no replica identity, and the publication p publishes its updates");
        table.db.run("alter table \"My shop\".\"D d\" replica identity default");
        assertThat(table.of(FindingCode.REPLICA_IDENTITY_MISSING, SPEC)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"de-x-icu", "en-x-icu"})
    void a_collation_of_the_key_with_another_version_is_an_error(String base) throws SQLException {
        table.create(
                "create collation changed (provider = icu, locale = '" + base.replace("-x-icu", "") + "');"
                        + " create collation other (provider = icu, locale = 'fr');"
                        + " drop table \"T t\"; create table \"T t\" (k text collate changed primary key, n integer, o text collate other)");
        assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC)).isEmpty();
        table.db.run(
                "update pg_collation set collversion = '1' where collname = 'other' and collnamespace = '\"My shop\"'::regnamespace");
        assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC)).isEmpty();
        table.db.run(
                "update pg_collation set collversion = '1' where collname = 'changed' and collnamespace = '\"My shop\"'::regnamespace");
        assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC))
                .singleElement()
                .asString()
                .startsWith(
                        "the collation \"My shop\".changed of the key column k had version 1 when its indexes were built")
                .endsWith(
                        "reindex table concurrently \"My shop\".\"T t\"; then alter collation \"My shop\".changed refresh version");
    }

    @Test
    void the_collation_of_the_database_counts_for_keys_that_have_it() throws SQLException {
        table.create("drop table \"T t\"; create table \"T t\" (k text primary key, n integer)");
        assumeThat(Integer.parseInt(table.db.ask("show server_version_num"))).isGreaterThanOrEqualTo(150_000);
        var mine = " where datname = current_database()";
        var before = table.db.ask("select datcollversion from pg_database" + mine);
        assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC)).isEmpty();
        table.db.run("update pg_database set datcollversion = '0'" + mine);
        try {
            assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC))
                    .singleElement()
                    .asString()
                    .startsWith("the collation of the database of the key column k had version 0 when");
            table.db.run(
                    "drop table \"My shop\".\"T t\"; create table \"My shop\".\"T t\" (k bigint primary key, n integer)");
            assertThat(table.of(FindingCode.COLLATION_CHANGED, SPEC)).isEmpty();
        } finally {
            table.db.run("update pg_database set datcollversion = '" + before + "'" + mine);
        }
    }

    @Test
    void tables_that_a_crash_empties_and_tables_that_inherit() throws SQLException {
        table.create("alter table \"T t\" set unlogged");
        assertThat(table.of(FindingCode.UNLOGGED, SPEC))
                .containsExactly(
                        "\"My shop\".\"T t\" is unlogged: after a crash it is empty, and standbys do not have it; alter table"
                                + " \"My shop\".\"T t\" set logged, if its rows matter");
        table.db.run(
                "create table \"My shop\".base (n integer); alter table \"My shop\".\"T t\" inherit \"My shop\".base");
        assertThat(table.of(FindingCode.INHERITS, SPEC))
                .containsExactly("\"My shop\".\"T t\" inherits from \"My shop\".base: only its own rows are changed");
    }

    @Test
    void vacuum_and_statistics() throws SQLException {
        table.createPartitioned("alter table one set (autovacuum_enabled = off)");
        assertThat(table.of(FindingCode.AUTOVACUUM_OFF, SPEC))
                .singleElement()
                .asString()
                .startsWith("autovacuum is off for \"My shop\".one: the dead rows")
                .contains("alter table \"My shop\".one reset (autovacuum_enabled)");
        table.db.run("alter table \"My shop\".one reset (autovacuum_enabled)");
        assertThat(table.of(FindingCode.AUTOVACUUM_OFF, SPEC)).isEmpty();
        table.drop();
        table.create(
                "alter table \"T t\" set (autovacuum_enabled = off); alter table \"T t\" alter o set storage plain;"
                        + " insert into \"T t\" select i, null, repeat('x', 1900) from generate_series(21, 5000) i");
        assertThat(table.of(FindingCode.NEVER_ANALYZED, SPEC)).hasSize(1);
        assertThat(table.of(FindingCode.KEEPS_OLD_VALUES, SPEC + "undo: keep\n"))
                .singleElement()
                .asString()
                .contains(" bytes a row")
                .doesNotContain("if all of");
        assertThat(table.of(FindingCode.PAGES_FULL, SPEC)).hasSize(1);
        table.db.run("create index i on \"My shop\".\"T t\" (n)");
        assertThat(table.of(FindingCode.PAGES_FULL, SPEC)).isEmpty();
        table.db.run(
                "drop index \"My shop\".i; alter table \"My shop\".\"T t\" set (fillfactor = 50); analyze \"My shop\".\"T t\"");
        assertThat(table.of(FindingCode.NEVER_ANALYZED, SPEC)).isEmpty();
        assertThat(table.of(FindingCode.PAGES_FULL, SPEC)).isEmpty();
        var large = SPEC.replace("{ n: 1 }", "{ o: \"upper(o)\" }");
        assertThat(table.of(FindingCode.LARGE_VALUES, large))
                .singleElement()
                .asString()
                .startsWith("large values now: o, 1,9");
        assertThat(table.of(FindingCode.LARGE_VALUES, SPEC)).isEmpty();
        assertThat(table.of(FindingCode.KEEPS_OLD_VALUES, large + "undo: keep\n"))
                .singleElement()
                .asString()
                .startsWith("the old values of each changed row are kept in backfleet.kept_row: about ")
                .contains("MB if all of about 5,000 rows");
        assertThat(table.of(FindingCode.KEEPS_OLD_VALUES, large)).isEmpty();
        assertThat(table.of(FindingCode.AUTOVACUUM_THRESHOLD, SPEC)).isEmpty();
        table.db.run(
                "alter table \"My shop\".\"T t\" set (autovacuum_enabled = on, autovacuum_vacuum_threshold = 2000000)");
        assertThat(table.of(FindingCode.AUTOVACUUM_THRESHOLD, SPEC)).hasSize(1);
    }

    @Test
    void a_table_with_dead_rows_that_nothing_has_removed() throws SQLException {
        table.create(
                "alter table \"T t\" set (autovacuum_enabled = off); insert into \"T t\" select i from generate_series(21, 120000) i");
        table.db.run("analyze \"My shop\".\"T t\"");
        assertThat(table.of(FindingCode.AUTOVACUUM_LATE, SPEC)).isEmpty();
        table.db.run("update \"My shop\".\"T t\" set o = 'x'");
        table.db.awaitCounted("pg_stat_get_dead_tuples('\"My shop\".\"T t\"'::regclass) > 100000");
        assertThat(table.of(FindingCode.AUTOVACUUM_LATE, SPEC))
                .singleElement()
                .asString()
                .contains("dead rows, many more than");
        table.db.run("vacuum \"My shop\".\"T t\"");
        assertThat(table.of(FindingCode.AUTOVACUUM_LATE, SPEC)).isEmpty();
    }
}
