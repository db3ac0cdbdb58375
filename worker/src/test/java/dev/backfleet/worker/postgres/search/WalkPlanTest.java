package dev.backfleet.worker.postgres.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedColumn.Equality;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.KnownRowStatement;
import dev.backfleet.common.postgres.batch.NextRowStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.worker.postgres.TestFleet;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every walk of a batch is a scan of the key's index in its order, between the cursor and the shard's end. */
@Tag("server")
class WalkPlanTest {
    private static final List<String> WALKS = List.of("backfleet_nth", "backfleet_walked", "backfleet_tail");

    private final TestFleet fleet = TestFleet.open();
    private String pageCost = "4";

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "id bigint primary key; i; id",
                "id uuid primary key; md5(i::text)::uuid; id",
                "id text collate \"C\" primary key; md5(i::text); id",
                "tenant int, id int, primary key (tenant, id); i % 7, i; tenant,id",
                "tenant text, id uuid, primary key (tenant, id); 'T' || i % 1000, md5(i::text)::uuid; tenant,id"
            })
    void it_is_whatever_the_statistics_say(String columns, String values, String key) throws SQLException {
        fleet.run("create table t (" + columns + ", n int default 0, filler text default repeat('x', 100)) "
                + "with (autovacuum_enabled = off)");
        fleet.run("insert into t select " + values + " from generate_series(1, 50000) i");
        for (var state : List.of("select 1", "analyze t", "vacuum t")) {
            fleet.run(state);
            var definition = fleet.definition("t", null, List.of(key.split(",")), "n=n + 1");
            var led = DeadKeysTest.tenantLed(definition);
            for (var start : Start.values()) {
                if (start == Start.AFTER_A_TENANT && !key.contains(",")) {
                    continue;
                }
                assertWalks(
                        state, BatchStatement.of(definition, definition.table(), start, false), WalkPlanTest::batch);
                assertWalks(state, BatchStatement.of(led, led.table(), start, key.contains(",")), WalkPlanTest::batch);
                for (var bounded : List.of(false, true)) {
                    assertWalks(state, NextRowStatement.of(led, led.table(), start, bounded), WalkPlanTest::look);
                }
            }
            var known = explain(KnownRowStatement.of(definition, definition.table()), statement -> {
                batch(statement);
                statement.setNull(7, Types.ARRAY);
                statement.setBoolean(8, true);
            });
            assertThat(known).noneMatch(line -> line.contains("Seq Scan on t"));
        }
    }

    // An incremental sort over such an index reads all rows of the tenant with each batch. It looks cheap: the planner
    // expects as many
    // rows of a tenant as there are on average, and such an index may be smaller than the key's, and in the table's
    // order.
    @ParameterizedTest
    @ValueSource(ints = {3, 500})
    void another_index_that_begins_with_the_same_column_is_not_sorted(int tenants) throws SQLException {
        fleet.run("create table t (tenant int, id uuid, n int default 0, primary key (tenant, id)) "
                + "with (autovacuum_enabled = off)");
        fleet.run("insert into t select case when i % 3 = 0 then i % " + tenants
                + " else 0 end, md5(i::text)::uuid from generate_series(1, 50000) i");
        fleet.run("create index on t (tenant, n)");
        fleet.run("analyze t");
        var definition = fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1");
        var led = DeadKeysTest.tenantLed(definition);
        for (var start : Start.values()) {
            assertWalks("key", BatchStatement.of(definition, definition.table(), start, false), WalkPlanTest::batch);
            assertWalks("tenant", BatchStatement.of(led, led.table(), start, true), WalkPlanTest::batch);
            assertWalks("search", NextRowStatement.of(led, led.table(), start, true), WalkPlanTest::look);
        }
    }

    // As in a table of 100 GB, of which nothing is in memory: a third of its rows are expected before the end of the
    // first
    // shard, and a tenth of these in its first batch.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "id uuid primary key; md5(i::text)::uuid; id",
                "tenant int, id uuid, primary key (tenant, id); i % 500, md5(i::text)::uuid; tenant,id"
            })
    void it_is_where_pages_are_expensive(String columns, String values, String key) throws SQLException {
        fleet.run("create table t (" + columns + ", n int default 0, filler text default repeat('x', 100)) "
                + "with (autovacuum_enabled = off)");
        fleet.run("insert into t select " + values + " from generate_series(1, 50000) i");
        fleet.run("analyze t");
        var definition = fleet.definition("t", null, List.of(key.split(",")), "n=n + 1");
        var led = DeadKeysTest.tenantLed(definition);
        for (var cost : List.of("4", "100", "10000")) {
            pageCost = cost;
            assertWalks(
                    cost,
                    BatchStatement.of(definition, definition.table(), Start.BEFORE_ALL, false),
                    WalkPlanTest::batch);
            assertWalks(
                    cost,
                    BatchStatement.of(led, led.table(), Start.BEFORE_ALL, key.contains(",")),
                    WalkPlanTest::batch);
            assertWalks(cost, NextRowStatement.of(led, led.table(), Start.BEFORE_ALL, false), WalkPlanTest::look);
        }
    }

    // Not row by row in the order of the key, and never the whole index with a filter.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "id bigint primary key; i; id",
                "id uuid primary key; md5(i::text)::uuid; id",
                "id text collate \"C\" primary key; md5(i::text); id",
                "tenant int, id uuid, primary key (tenant, id); i % 500, md5(i::text)::uuid; tenant,id"
            })
    void a_comparison_reads_the_pages_of_its_range_once(String columns, String values, String key) throws SQLException {
        fleet.run("create table t (" + columns + ", n int default 0, filler text default repeat('x', 100)) "
                + "with (autovacuum_enabled = off)");
        for (var rows : List.of(0, 10, 50_000)) {
            fleet.run("truncate t; insert into t select " + values + " from generate_series(1, " + rows + ") i");
            for (var state : List.of("select 1", "analyze t", "vacuum t")) {
                fleet.run(state);
                var like = fleet.definition("t", null, List.of(key.split(",")), "n=n + 1");
                var filler = new ComparedColumn("filler", 4, "upper(filler)", "text", Equality.BYTES_OF_TEXT, null);
                var compare = new CompareRows(
                        0, List.of(filler), true, null, List.of(), null, null, 1L, 2L, null, null, null);
                var definition = like.working(compare);
                for (var cost : List.of("0", "4", "10000")) {
                    pageCost = cost;
                    for (var start : List.of(Start.BEFORE_ALL, Start.AFTER_A_ROW)) {
                        for (var whole : List.of(false, true)) {
                            assertReadsPages(
                                    rows + " rows, " + state + ", page cost " + cost + ", " + start,
                                    BatchStatement.of(definition, definition.table(), start, false, whole));
                        }
                    }
                }
            }
        }
    }

    private void assertReadsPages(String state, String sql) throws SQLException {
        var plan = explain(sql, WalkPlanTest::batch);
        var first = plan.indexOf("  CTE backfleet_judged");
        var last = plan.indexOf("  CTE backfleet_walked");
        var judged = plan.subList(first, last);
        assertThat(judged)
                .as("%s: %s", state, plan)
                .anyMatch(line -> line.contains("Bitmap Heap Scan on t"))
                .noneMatch(line -> line.contains("Seq Scan on t") || line.contains("Index Scan using"));
        for (var i = 0; i < judged.size(); i++) {
            if (judged.get(i).contains("Bitmap Index Scan")) {
                assertThat(judged.get(i + 1)).as("%s: %s", state, plan).contains("Index Cond");
            }
        }
    }

    @Test
    void it_ends_where_the_shard_ends() throws SQLException {
        fleet.run("create table t (tenant int, id int, n int default 0, primary key (tenant, id))");
        var definition = fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1");
        for (var start : Start.values()) {
            var plan = explain(BatchStatement.of(definition, definition.table(), start, false), WalkPlanTest::batch);
            assertThat(plan.stream().filter(line -> line.contains("Index Cond") && line.contains("tenant <= ")))
                    .as("%s: %s", start, plan)
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    private void assertWalks(String state, String sql, Binding binding) throws SQLException {
        var plan = explain(sql, binding);
        var walk = false;
        var scans = 0;
        for (var line : plan) {
            if (line.contains("CTE backfleet_") && !line.contains("CTE Scan")) {
                walk = WALKS.stream().anyMatch(line::endsWith);
            }
            if (walk) {
                assertThat(line).as("%s: %s", state, plan).doesNotContain("Sort", "Bitmap", "Seq Scan on t");
                scans += line.contains("Index Only Scan") || line.contains("Index Scan") ? 1 : 0;
            }
        }
        assertThat(scans).as("%s: %s", state, plan).isPositive();
    }

    private List<String> explain(String sql, Binding binding) throws SQLException {
        return fleet.database.jdbi().withHandle(handle -> {
            var plan = new ArrayList<String>();
            handle.execute("set random_page_cost = " + pageCost);
            try (var statement = handle.getConnection().prepareStatement("explain (costs off) " + sql)) {
                binding.bind(statement);
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        plan.add(rows.getString(1));
                    }
                }
            }
            return plan;
        });
    }

    private static void batch(PreparedStatement statement) throws SQLException {
        look(statement);
        statement.setInt(5, 1_000);
        statement.setDouble(6, 60);
    }

    private static void look(PreparedStatement statement) throws SQLException {
        statement.setLong(1, 1);
        statement.setInt(2, 1);
        statement.setLong(3, 1);
        statement.setNull(4, Types.ARRAY);
        statement.setString(5, null);
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }
}
