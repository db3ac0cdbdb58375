package dev.backfleet.coordinator.postgres.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresRetries;
import dev.backfleet.coordinator.postgres.detail.PostgresDetails;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The map of a job shows of each bucket what its shards are, whatever happens to them. */
@Tag("server")
class ShardMapTest {
    private static final String SPEC =
            "name: j\ntable: '\"odd\".\"T t\"'\ntenant: tenant\nset: { n: n + 1 }\nshard: { rows: %d }\n";

    // What the map must say, read from all shards.
    private static final String TRUTH = """
            select concat_ws(' ', (coalesce(parent, number) - 1) / %2$d + 1, count(*), count(*) filter (where state = 'DONE'),
                             count(*) filter (where state in ('DISPATCHED', 'RUNNING')), count(*) filter (where state = 'FAILED'))
            from backfleet.shard where job_id = %1$d group by (coalesce(parent, number) - 1) / %2$d + 1 order by min(coalesce(parent, number))
            """;

    private final TestDatabase db = TestDatabase.open();
    private PostgresCounts leader = new PostgresCounts(db.database);

    @BeforeEach
    void table() throws SQLException {
        db.run(
                "create schema odd; create table odd.\"T t\" (tenant text collate \"und-x-icu\" not null, id bigint not null, "
                        + "n integer not null default 0, primary key (tenant, id)) partition by range (id)");
        partition("p1", 1, 4_001);
        partition("P 2", 4_001, 6_001);
    }

    private void partition(String name, int from, int to) throws SQLException {
        db.run("create table odd.\"%1$s\" partition of odd.\"T t\" for values from (%2$d) to (%3$d)"
                .formatted(name, from, to));
        db.run(
                "insert into odd.\"T t\" select case when i % 3 = 0 then 'Wal' else chr(97 + i % 26) || 'ä' || i % 7 end, i "
                        + "from generate_series(" + from + ", " + (to - 1) + ") i");
        db.run("analyze odd.\"T t\"");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private long plan(int rows) {
        var job = db.submit(SPEC.formatted(rows), new Intake.How(false, true, false))
                .id();
        assertThat(new PostgresPlans(db.database).plan(job)).isPresent();
        return job;
    }

    private Snapshot look(long job) {
        return new PostgresQueries(db.database).snapshot(job).orElseThrow();
    }

    private void assertTrue(long job, String after) throws SQLException {
        var snapshot = look(job);
        var map = snapshot.map();
        assertThat(map.note()).as("after " + after).isNull();
        var told = new StringBuilder();
        for (var bucket = 0; bucket < map.buckets(); bucket++) {
            var part = map.part(bucket, bucket + 1);
            if (part.total() > 0) {
                told.append("%d %d %d %d %d\n"
                        .formatted(bucket + 1, part.total(), part.done(), part.inFlight(), part.failed()));
            }
        }
        var truth = db.column(TRUTH.formatted(job, map.width()));
        assertThat(told.toString().lines()).as("after " + after).containsExactlyElementsOf(truth);
        var all = map.part(0, map.buckets());
        var shards = snapshot.job().shards();
        assertThat(all)
                .as("the status after " + after)
                .isEqualTo(new ShardMap.Part(
                        shards.total(), shards.done(), shards.dispatched() + shards.running(), shards.failed()));
    }

    private void tally() {
        leader.counts();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void it_is_true_whatever_happens(long seed) throws SQLException {
        live(seed);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5, 6, 7, 8})
    void and_with_other_seeds(long seed) throws SQLException {
        live(seed);
    }

    private void live(long seed) throws SQLException {
        var random = new Random(seed);
        var rows = random.nextBoolean() ? 1_000 : 2;
        var jobs = List.of(plan(rows));
        if (random.nextBoolean()) {
            db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
            jobs = List.of(jobs.get(0), plan(rows));
        }
        for (var step = 0; step < 120; step++) {
            var job = jobs.get(random.nextInt(jobs.size()));
            var what = step(random, job);
            for (var any : jobs) {
                assertTrue(any, "step " + step + " of seed " + seed + ": " + what);
            }
        }
    }

    private String step(Random random, long job) throws SQLException {
        var some = "number in (select number from backfleet.shard where job_id = " + job
                + " and %s order by md5(number::text || '" + random.nextInt() + "') limit " + (1 + random.nextInt(8))
                + ") and job_id = " + job;
        switch (random.nextInt(11)) {
            case 0 -> tally();
            case 1 ->
                db.run("update backfleet.shard set state = 'DISPATCHED', dispatched_at = now() where "
                        + some.formatted("state = 'PENDING' and not held"));
            case 2, 3 ->
                db.run("update backfleet.shard set state = 'RUNNING', epoch = epoch + 1, worker = 'w', "
                        + "lease_until = now() where "
                        + some.formatted("state in ('PENDING', 'DISPATCHED') and not held"));
            case 4 ->
                db.run("update backfleet.shard set state = 'PENDING', worker = null, lease_until = null where "
                        + some.formatted("state = 'RUNNING'"));
            case 5, 6 ->
                db.run("update backfleet.shard set state = 'DONE', worker = null, lease_until = null where "
                        + some.formatted("state = 'RUNNING'"));
            case 7 ->
                db.run("update backfleet.shard set state = 'FAILED', error = 'e', worker = null, lease_until = null "
                        + "where " + some.formatted("state = 'RUNNING'"));
            case 8 -> new PostgresRetries(db.database).retry(job, Actor.commandLine("me"));
            case 9 -> split(job, some);
            default -> {
                var tenant = random.nextBoolean() ? "Wal" : (char) (97 + random.nextInt(26)) + "ä" + random.nextInt(7);
                var state = random.nextBoolean() ? DesiredState.PAUSE : DesiredState.RUN;
                new PostgresControl(db.database)
                        .apply(Scope.tenant(job, tenant), new ControlRecord(state, null, null), Optional.empty());
                return state + " " + tenant;
            }
        }
        return "a step";
    }

    // Where the points are does not matter here.
    private void split(long job, String some) throws SQLException {
        for (var number : db.column("select number from backfleet.shard where "
                + some.formatted("state in ('PENDING', 'RUNNING') and not held and cardinality(upper) = 2"))) {
            db.database.jdbi().useTransaction(handle -> {
                var splits = new ShardSplits(handle, job);
                splits.begin();
                splits.split(Integer.parseInt(number), List.of(List.of("m", "1"), List.of("n", "1")));
            });
        }
    }

    @Test
    void shards_of_partitions_that_come_later_are_in_it() throws SQLException {
        var job = plan(1_000);
        db.run("update backfleet.shard set state = 'DONE', epoch = 1");
        partition("p3", 6_001, 9_001);
        var watch = new SchemaDriftCheck(new PostgresPins(db.database), EachJob.failingFast(SchemaDriftCheck.WHAT));
        watch.runOnce();
        watch.runOnce();
        assertThat(look(job).map().note()).startsWith("the leading coordinator counts the shards");
        tally();
        assertTrue(job, "a new partition");
        assertThat(look(job).job().shards().pending())
                .as("shards of the partition")
                .isPositive();
    }

    @Test
    void what_a_coordinator_of_the_release_before_has_done_is_counted_by_the_next_one() throws SQLException {
        var job = plan(1_000);
        tally();
        // It plans a second job, tallies a shard, and splits another.
        var planned = plan("k", 500);
        db.run("update backfleet.job set map_width = null where id = " + planned
                + "; delete from backfleet.shard_bucket " + "where job_id = " + planned);
        db.run("update backfleet.shard set state = 'DONE', epoch = 1, tallied = true where job_id = " + job
                + " and number = 2; " + "update backfleet.job set tallied_shards = 1 where id = " + job);
        db.run(
                "insert into backfleet.shard (job_id, number, relation, turn, upper) select job_id, number + 1, relation, 0.5, upper "
                        + "from backfleet.shard where job_id = " + job + " order by number desc limit 1");
        assertThat(look(planned).map().note()).startsWith("planned by an earlier release");
        leader = new PostgresCounts(db.database);
        tally();
        tally();
        assertTrue(job, "a tally and a split");
        assertTrue(planned, "a plan");
    }

    private long plan(String name, int rows) {
        var job = db.force(SPEC.formatted(rows).replace("name: j", "name: " + name))
                .id();
        new PostgresPlans(db.database).plan(job);
        return job;
    }

    @Test
    void a_job_of_before_is_counted_in_pieces_while_its_shards_end_and_are_split() throws SQLException {
        var shards = 2 * ShardMapStore.AT_ONCE + 100;
        var job = db.job("RUNNING", shards);
        db.run("update backfleet.shard set state = 'DONE', epoch = 1, tallied = number % 2 = 0 where number % 10 < 8");
        db.run(
                "update backfleet.job set definition = "
                        + "'{\"table\": {\"oid\": 1, \"schema\": \"public\", \"name\": \"t\"}, \"batchDuration\": \"PT0.1S\", \"key\": [{\"name\": \"id\"}]}'");
        db.run("update backfleet.job j set tallied_shards = (select count(*) from backfleet.shard where tallied)");
        tally();
        assertThat(look(job).map().note()).isEqualTo("the leading coordinator counts the shards: 49 %");
        db.run("update backfleet.shard set state = 'DONE', epoch = 1 where number in (9, " + (shards - 1) + ")");
        db.database.jdbi().useTransaction(handle -> {
            var splits = new ShardSplits(handle, job);
            splits.begin();
            splits.split(10, List.of(List.of("5")));
            splits.split(shards, List.of(List.of("5")));
        });
        db.run("update backfleet.shard set state = 'DONE', epoch = 1 where parent = 10");
        for (var i = 0; i < 10; i++) {
            tally();
        }
        assertTrue(job, "counting");
        assertThat(look(job).map().buckets()).isBetween(900, ShardMapStore.MOST);
        assertTrue(job, "ten tallies");
    }

    @Test
    void a_bucket_lists_its_shards_and_what_was_split_from_them() throws SQLException {
        var job = plan(2);
        var details = new PostgresDetails(db.database);
        var map = look(job).map();
        assertThat(map.width()).isGreaterThan(1);
        assertThat(details.buckets(job)).isEqualTo(map.buckets());
        split(job, "number in (3, 5) and %s and job_id = " + job);
        split(job, "parent = 3 and %s and job_id = " + job);
        db.run("update backfleet.shard set state = 'DONE', epoch = 1 where number = 3 or parent = 5");
        tally();
        for (var bucket = 1; bucket <= map.buckets(); bucket += 97) {
            var range = " from backfleet.shard where coalesce(parent, number) > " + (bucket - 1) * map.width()
                    + " and coalesce(parent, number) <= " + bucket * map.width();
            assertPage(details, job, bucket, Optional.empty(), "select number" + range + " order by number");
            assertPage(
                    details,
                    job,
                    bucket,
                    Optional.of(ShardState.DONE),
                    "select number" + range + " and state = 'DONE' order by number");
        }
    }

    private void assertPage(PostgresDetails details, long job, int bucket, Optional<ShardState> state, String truth)
            throws SQLException {
        var listed = new ArrayList<String>();
        Integer after = 0;
        while (after != null) {
            var page = details.pageOfBucket(job, bucket, state, after, 3);
            page.shards().forEach(shard -> listed.add(String.valueOf(shard.number())));
            after = page.next();
        }
        assertThat(listed).as("bucket " + bucket).isEqualTo(db.column(truth));
    }
}
