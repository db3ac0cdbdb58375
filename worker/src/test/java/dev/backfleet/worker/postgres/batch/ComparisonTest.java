package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedColumn.Equality;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a batch that compares rows counts and stores, and that it touches no row. */
class ComparisonTest extends BatchFixture {
    private static final String COUNTS = """
            select coalesce(string_agg(tenant || ' ' || finding || ' ' || written || ' ' || rows, ', '
                                       order by tenant, finding, written), 'nothing')
            from (select tenant, finding, written, sum(rows) as rows from backfleet.reconcile_tenant group by 1, 2, 3) t
            """;

    private static void hundredRows() throws SQLException {
        fleet.run("create table t (id bigint primary key, tenant integer not null, full_name text, first_name text)");
        fleet.run("insert into t select i, i % 10, 'Ann ' || i, 'Ann' from generate_series(1, 100) i");
    }

    private static CompareRows byFirstName(@Nullable String where, @Nullable Long submitted, @Nullable Long finished) {
        return new CompareRows(
                0,
                List.of(new ComparedColumn(
                        "first_name", 4, "split_part(full_name, ' ', 1)", "text", Equality.BYTES_OF_TEXT, null)),
                true,
                where,
                List.of(),
                null,
                "tenant",
                submitted,
                finished,
                null,
                null,
                null);
    }

    private static JobDefinition definition(CompareRows work, String table, String... key) throws SQLException {
        return fleet.definition(table, null, List.of(key)).working(work);
    }

    private static long nextTransaction() throws SQLException {
        return Long.parseLong(fleet.ask("select pg_snapshot_xmax(pg_current_snapshot())"));
    }

    private static long finish(Claim claim) {
        return inBatches(claim, new Random(7), 20);
    }

    @Test
    void each_wrong_row_is_counted_with_its_tenant_and_with_when_it_was_written() throws SQLException {
        hundredRows();
        fleet.run("update t set first_name = 'Bob' where id in (3, 4)");
        var submitted = nextTransaction();
        fleet.run("update t set first_name = null where id in (13, 23, 5)");
        var finished = nextTransaction();
        fleet.run("update t set first_name = 'ann' where id in (33, 6, 100)");
        fleet.run("update t set first_name = null where id = 7");
        var claim = fleet.claim(definition(byFirstName(null, submitted, finished), "t", "id"), "{100}");
        assertThat(finish(claim)).isEqualTo(100);
        assertThat(fleet.ask(COUNTS))
                .isEqualTo("0 DIFFERENT SINCE 1, 3 DIFFERENT BEFORE 1, 3 DIFFERENT SINCE 1, 3 MISSING DURING 2, "
                        + "4 DIFFERENT BEFORE 1, 5 MISSING DURING 1, 6 DIFFERENT SINCE 1, 7 MISSING SINCE 1");
        assertThat(fleet.ask("select string_agg(tenant || ' ' || key[1] || ' ' || finding, ', ' order by key[1]::int) "
                        + "from backfleet.reconcile_row where relation = 't'::regclass"))
                .isEqualTo("3 3 DIFFERENT, 4 4 DIFFERENT, 5 5 MISSING, 6 6 DIFFERENT, 7 7 MISSING, 3 13 MISSING, "
                        + "3 23 MISSING, 3 33 DIFFERENT, 0 100 DIFFERENT");
    }

    @Test
    void a_row_from_whose_new_column_the_old_one_follows_is_not_wrong_and_is_counted_apart() throws SQLException {
        hundredRows();
        fleet.run("update t set full_name = 'ANN' || id, first_name = 'ann' || id where id in (3, 13, 4)");
        fleet.run("update t set first_name = 'Bob' where id = 23");
        fleet.run("update t set first_name = null where id = 33");
        var down =
                List.of(new ComparedColumn("full_name", 3, "upper(first_name)", "text", Equality.BYTES_OF_TEXT, null));
        for (var where : new String[] {null, "first_name is null", "id > 0"}) {
            fleet.run("delete from backfleet.job");
            var like = byFirstName(where, 1L, 2L);
            var work = new CompareRows(
                    0, like.compared(), true, where, List.of("id"), null, "tenant", 1L, 2L, null, null, down);
            assertThat(finish(fleet.claim(definition(work, "t", "id"), "{100}")))
                    .isEqualTo(100);
            assertThat(fleet.ask(COUNTS)).as(where).isEqualTo("3 DIFFERENT SINCE 1, 3 MISSING SINCE 1");
            assertThat(
                            fleet.ask(
                                    "select string_agg(tenant || ' ' || rows, ', ' order by tenant) from backfleet.reconcile_new_only"))
                    .as(where)
                    .isEqualTo("3 2, 4 1");
            assertThat(fleet.ask("select count(*) from backfleet.reconcile_row"))
                    .isEqualTo("2");
        }
        // An expression that gives another value each time says nothing: only whether the old shape follows does.
        fleet.run("delete from backfleet.job");
        var random =
                List.of(new ComparedColumn("first_name", 4, "random()::text", "text", Equality.BYTES_OF_TEXT, null));
        var work = new CompareRows(
                0, random, false, "first_name is null", List.of(), null, "tenant", 1L, 2L, null, null, down);
        finish(fleet.claim(definition(work, "t", "id"), "{100}"));
        assertThat(fleet.ask("select sum(rows) from backfleet.reconcile_tenant"))
                .isEqualTo("97");
    }

    @Test
    void a_batch_as_large_as_a_shard_reads_what_is_left_of_it_and_nothing_of_the_next_one() throws SQLException {
        hundredRows();
        fleet.run("update t set first_name = null where id in (20, 55, 80, 81)");
        // The definition's shards have 1,000 rows.
        var claim = fleet.claim(definition(byFirstName(null, 1L, 2L), "t", "id"), "{80}");
        var first =
                fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 30)).orElseThrow();
        assertThat(first.done()).isFalse();
        var rest =
                fleet.ranges.batch(claim, new Step.Batch(first.cursor(), 1_000)).orElseThrow();
        assertThat(rest.done()).isTrue();
        assertThat(rest.walked()).isEqualTo(50);
        assertThat(rest.changed()).isEqualTo(50);
        assertThat(fleet.ask(COUNTS)).isEqualTo("0 MISSING SINCE 2, 5 MISSING SINCE 1");
        assertThat(fleet.ask("select state, cursor[1] from backfleet.shard")).isEqualTo("DONE 80");
    }

    @Test
    void clean_rows_store_nothing_and_a_stale_claim_counts_nothing() throws SQLException {
        hundredRows();
        var claim = fleet.claim(definition(byFirstName(null, 1L, 2L), "t", "id"), "{100}");
        var first =
                fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 40)).orElseThrow();
        assertThat(fleet.ask(COUNTS)).isEqualTo("nothing");
        fleet.run("update t set first_name = null");
        assertThat(fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 40)))
                .isEmpty();
        fleet.run("update backfleet.shard set epoch = epoch + 1");
        assertThat(fleet.ranges.batch(claim, new Step.Batch(first.cursor(), 40)))
                .isEmpty();
        assertThat(fleet.ask(COUNTS)).isEqualTo("nothing");
        assertThat(fleet.ask("select count(*) from backfleet.reconcile_row")).isEqualTo("0");
    }

    @Test
    void a_row_that_the_condition_never_selected_is_not_judged_and_its_expression_is_not_computed()
            throws SQLException {
        hundredRows();
        fleet.run("alter table t add column region text not null default 'eu'");
        fleet.run("update t set region = 'us', first_name = null, full_name = '0' where id <= 10");
        fleet.run("update t set first_name = null where id = 50");
        var work = new CompareRows(
                0,
                List.of(new ComparedColumn(
                        "first_name",
                        4,
                        "case when full_name = '0' then (1 / (id - id))::text else split_part(full_name, ' ', 1) end",
                        "text",
                        Equality.BYTES_OF_TEXT,
                        null)),
                true,
                "first_name is null and region = 'eu'",
                List.of("region"),
                null,
                "tenant",
                1L,
                2L,
                null,
                null,
                null);
        var claim = fleet.claim(definition(work, "t", "id"), "{100}");
        assertThat(finish(claim)).isEqualTo(90);
        assertThat(fleet.ask(COUNTS)).isEqualTo("0 MISSING SINCE 1");
    }

    @Test
    void without_a_value_to_tell_changed_rows_by_only_those_are_found_that_are_still_selected() throws SQLException {
        hundredRows();
        fleet.run("alter table t add column status text not null default 'other'");
        fleet.run("update t set status = 'new' where id > 10; update t set status = 'old' where id in (20, 31)");
        var work = new CompareRows(
                0,
                List.of(new ComparedColumn("status", 5, "'new'", "text", Equality.BYTES_OF_TEXT, null)),
                true,
                "status = 'old'",
                List.of(),
                null,
                null,
                1L,
                2L,
                null,
                null,
                null);
        var claim = fleet.claim(definition(work, "t", "id"), "{100}");
        assertThat(finish(claim)).isEqualTo(2);
        assertThat(fleet.ask(COUNTS)).isEqualTo(" MISSING SINCE 2");
    }

    @Test
    void a_row_that_cannot_be_judged_is_counted_and_the_shard_goes_on() throws SQLException {
        hundredRows();
        fleet.run("update t set full_name = '0' where id = 2");
        var work = new CompareRows(
                0,
                List.of(new ComparedColumn(
                        "first_name",
                        4,
                        "case when full_name = '0' then (1 / (id - id))::text else 'Ann' end",
                        "text",
                        Equality.BYTES_OF_TEXT,
                        null)),
                true,
                null,
                List.of(),
                null,
                "tenant",
                null,
                null,
                null,
                null,
                null);
        var claim = fleet.claim(definition(work, "t", "id"), "{100}");
        var refused = catchThrowableOfType(
                StatementFailedException.class, () -> fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 10)));
        assertThat(refused.failure().kind()).isEqualTo(ErrorKind.REFUSED_ROW);
        var one = fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 1)).orElseThrow();
        var past = fleet.ranges
                .quarantine(claim, new Step.Quarantine(one.cursor(), refused.failure()))
                .orElseThrow();
        assertThat(past.cursor()).isEqualTo(new Cursor(List.of("2")));
        assertThat(fleet.ranges.batch(claim, new Step.Batch(past.cursor(), 1_000)))
                .isPresent();
        assertThat(fleet.ask(COUNTS)).isEqualTo("2 FAILED UNKNOWN 1");
        assertThat(fleet.ask("select state, rows_walked, rows_changed from backfleet.shard"))
                .isEqualTo("DONE 100 99");
        assertThat(fleet.ask("select key[1], sqlstate from backfleet.quarantine"))
                .isEqualTo("2 22012");
    }

    @Test
    void rows_in_the_quarantine_of_the_job_that_is_checked_are_counted_as_such() throws SQLException {
        hundredRows();
        fleet.run("update t set first_name = null where id in (2, 3)");
        var checked = fleet.job(fleet.definition("t", null, List.of("id"), "first_name=full_name"));
        fleet.run("insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) "
                + "values (" + checked + ", 1, 't'::regclass, '{2}', '23514', '', 1, 'w')");
        var work = byFirstName(null, 1L, 2L);
        var of = new CompareRows(
                checked, work.compared(), true, null, List.of(), null, "tenant", 1L, 2L, null, null, null);
        assertThat(finish(fleet.claim(definition(of, "t", "id"), "{100}"))).isEqualTo(100);
        assertThat(fleet.ask(COUNTS)).isEqualTo("2 QUARANTINED SINCE 1, 3 MISSING SINCE 1");
    }

    @Test
    void a_batch_waits_for_no_lock_of_a_row_takes_none_and_writes_nothing_to_the_table() throws SQLException {
        hundredRows();
        fleet.run("update t set first_name = null where id % 2 = 0");
        var versions = "select md5(string_agg(ctid::text || xmin || xmax, ' ' order by id)) from t";
        var claim = fleet.claim(definition(byFirstName(null, 1L, 2L), "t", "id"), "{100}");
        try (var application = fleet.connect();
                var statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("select from t for update");
            var before = TestFleet.ask(application, versions);
            // Conflicts with every lock of the table but the one of a plain SELECT.
            statement.execute("lock table t in exclusive mode");
            assertThat(finish(claim)).isEqualTo(100);
            assertThat(TestFleet.ask(application, versions)).isEqualTo(before);
            application.rollback();
        }
        assertThat(fleet.ask("select sum(rows) from backfleet.reconcile_tenant"))
                .isEqualTo("50");
    }

    @Test
    void composite_keys_odd_names_and_the_search_for_a_known_row_count_the_same() throws SQLException {
        fleet.run("create table \"Odd \"\"name\" (\"Key 1\" text collate \"C\", b integer, \"T'en\" text not null, "
                + "\"new;\" integer, primary key (\"Key 1\", b))");
        fleet.run(
                "insert into \"Odd \"\"name\" select chr(97 + i % 5), i, 'T ' || i % 3, i + 1 from generate_series(1, 60) i");
        fleet.run("update \"Odd \"\"name\" set \"new;\" = 0 where b in (10, 20, 33)");
        var work = new CompareRows(
                0,
                List.of(new ComparedColumn("new;", 4, "b + 1", "integer", Equality.VALUE, null)),
                true,
                null,
                List.of(),
                null,
                "T'en",
                1L,
                2L,
                null,
                null,
                null);
        var claim = fleet.claim(definition(work, "\"Odd \"\"name\"", "Key 1", "b"), "{e,100}");
        var cursor = claim.cursor();
        for (var done = false; !done; ) {
            var result = fleet.ranges
                    .batch(claim, new Step.Batch(cursor, 1, Duration.ofSeconds(2)))
                    .orElseThrow();
            cursor = result.cursor();
            done = result.done();
        }
        assertThat(fleet.ask(COUNTS)).isEqualTo("T 0 DIFFERENT SINCE 1, T 1 DIFFERENT SINCE 1, T 2 DIFFERENT SINCE 1");
        assertThat(fleet.ask("select string_agg(key::text, ' ' order by key[2]::int) from backfleet.reconcile_row"))
                .isEqualTo("{a,10} {a,20} {d,33}");
    }

    @Test
    void when_a_row_was_written_is_told_across_the_wraparound_of_transaction_ids() throws SQLException {
        var epoch = 1L << 32;
        // Submitted in one epoch, finished in the next.
        assertWritten("BEFORE", epoch - 11, epoch + 100, epoch - 10, epoch + 5);
        assertWritten("DURING", epoch - 10, epoch + 100, epoch - 10, epoch + 5);
        assertWritten("DURING", epoch + 4, epoch + 100, epoch - 10, epoch + 5);
        assertWritten("SINCE", epoch + 5, epoch + 100, epoch - 10, epoch + 5);
        assertWritten("SINCE", epoch + 99, epoch + 100, epoch - 10, epoch + 5);
        // A frozen row keeps its id: it is from the epoch before.
        assertWritten("BEFORE", epoch + 100, epoch + 100, epoch - 10, epoch + 5);
        // More than an epoch has passed since the end.
        assertWritten("UNKNOWN", 7, 2 * epoch + 10, epoch - 10, epoch + 5);
        // The control schema came from another server.
        assertWritten("UNKNOWN", 7, 1_000, 4_000, 5_000);
        assertThat(fleet.ask("select backfleet.written('900', 500, null, 1000)"))
                .isEqualTo("UNKNOWN");
        assertThat(fleet.ask("select backfleet.written('900', null, 800, 1000)"))
                .isEqualTo("SINCE");
        assertThat(fleet.ask("select backfleet.written('700', null, 800, 1000)"))
                .isEqualTo("UNKNOWN");
        assertThat(fleet.ask("select backfleet.written('2', 500, 800, 1000)")).isEqualTo("BEFORE");
    }

    private static void assertWritten(String expected, long version, long next, long submitted, long finished)
            throws SQLException {
        var lower = version % (1L << 32);
        assertThat(fleet.ask(
                        "select backfleet.written('" + lower + "', " + submitted + ", " + finished + ", " + next + ")"))
                .as("version %d, next %d", version, next)
                .isEqualTo(expected);
    }
}
