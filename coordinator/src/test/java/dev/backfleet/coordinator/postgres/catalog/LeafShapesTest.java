package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The leaves of a partitioned table may differ in constraints; one of each shape is tried at submission. */
@Tag("server")
class LeafShapesTest {
    private static final String SPEC = "name: j\ntable: t\ntenant: tenant\nset: { n: n + 1 }\n";

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void a_leaf_that_differs_from_the_first_is_tried_at_submission_too() throws SQLException {
        db.run("create table t (tenant integer not null, id integer not null, n integer not null default 0, "
                + "primary key (tenant, id)) partition by range (id); "
                + "create table t1 partition of t for values from (1) to (101); "
                + "create table t2 partition of t for values from (101) to (201); "
                + "create table t3 partition of t for values from (201) to (301); "
                + "alter table t3 add check (n = 0); insert into t select 1, i from generate_series(1, 300) i");
        assertThat(TestDatabase.notes(db.submit(SPEC)))
                .singleElement()
                .asString()
                .contains("the first row would go into quarantine (23514");
        assertThat(new PostgresCatalog(db.database).shapes(leaves()))
                .extracting(JobDefinition.Table::name)
                .containsExactly("t1", "t3");
    }

    private static List<JobDefinition.Table> leaves() throws SQLException {
        return db
                .column("select relid::oid::bigint || ' ' || relid::text from pg_partition_tree('t') where isleaf")
                .stream()
                .map(leaf -> leaf.split(" "))
                .map(leaf -> new JobDefinition.Table(Long.parseLong(leaf[0]), "public", leaf[1]))
                .toList();
    }
}
