package dev.backfleet.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.standalone.chaos.load.Items;
import dev.backfleet.standalone.chaos.site.Crew;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recovery times of a fleet with default settings. Only on an otherwise idle machine, with {@code -Pchaos}; the figures
 * go to {@code standalone/target/numbers.txt}.
 */
@EnabledIfSystemProperty(named = "backfleet.numbers.times", matches = "[1-9].*")
@Tag("server")
class NumbersTest {
    private static final int TIMES = Integer.getInteger("backfleet.numbers.times", 0);
    private static final int ROWS = 400_000;
    private static final String STARTED = "coordinator started";
    private static final Path FIGURES = Path.of("target", "numbers.txt");

    // Slots are left, as somewhere to move to; and a job takes some minutes.
    private static final String SPEC = """
            set: { dst: dst + src }
            shard: { rows: 20000 }
            rate: { rows-per-second: %s }
            concurrency: 6
            """;

    @TempDir
    private Path folder;

    private Site site;
    private Crew crew;
    private Sql sql;
    private CommandLine commands;
    private int jobs;

    @BeforeEach
    void start() throws Exception {
        site = Site.open(3, 1);
        crew = new Crew(site, folder, Map.of());
        sql = new Sql(site.jdbcUrl());
        commands = new CommandLine(site.flags(), folder);
        new Items(sql, ROWS).create();
        crew.addCoordinator(1);
        Crew.awaitLeader(sql);
        crew.addCoordinator(2);
        for (var i = 1; i <= 3; i++) {
            crew.addWorker(i, Map.of());
        }
        awaitStandby(Crew.coordinator(2), 0);
    }

    @AfterEach
    void stop() throws Exception {
        crew.close();
        sql.close();
        site.close();
    }

    @Test
    void after_the_sigkill_of_a_worker_its_shards_move_again_within_6_seconds() throws Exception {
        var took = new ArrayList<Double>();
        for (var i = 0; i < TIMES; i++) {
            var worker = Crew.worker(1 + i % 3);
            awaitShardOf(worker);
            var held = sql.rows("select job_id, number, epoch from backfleet.shard where state = 'RUNNING' "
                    + "and worker = '" + worker + "'");
            crew.named(worker).kill();
            var killed = System.nanoTime();
            var then = sql.texts("select clock_timestamp()").get(0);
            for (var shard : held) {
                await("select epoch > " + shard.get(2) + " and last_batch_at > timestamptz '" + then + "' "
                        + "or state = 'DONE' from backfleet.shard where job_id = " + shard.get(0) + " and number = "
                        + shard.get(1));
            }
            took.add(seconds(killed));
        }
        figure("after SIGKILL of a worker all its shards move again", took, 6);
    }

    @Test
    void after_a_server_crash_rows_are_changed_within_5_seconds_of_its_return() throws Exception {
        var took = new ArrayList<Double>();
        for (var i = 0; i < Math.max(1, TIMES / 5); i++) {
            job("3000");
            awaitProgress();
            site.postgres().stopImmediately();
            site.postgres().start();
            var back = System.nanoTime();
            awaitProgress();
            took.add(seconds(back));
        }
        figure("after a crash of the server, from its return on", took, 5);
    }

    @Test
    void another_coordinator_leads_within_5_seconds() throws Exception {
        var took = new ArrayList<Double>();
        for (var i = 0; i < Math.max(1, TIMES / 5); i++) {
            await("select count(*) = 1 from backfleet.leader where lease_until > clock_timestamp() "
                    + "and coordinator is not null");
            var leader = sql.texts("select coordinator from backfleet.leader").get(0);
            // Started again at once, it could be the next leader itself.
            crew.retire(leader);
            var killed = System.nanoTime();
            await("select count(*) = 1 from backfleet.leader where lease_until > clock_timestamp() "
                    + "and coordinator <> '" + leader + "'");
            took.add(seconds(killed));
            var started = crew.said(leader, STARTED);
            crew.addCoordinator(Integer.parseInt(leader.substring(leader.indexOf('-') + 1)));
            awaitStandby(leader, started);
        }
        figure("after SIGKILL of the leader another leads", took, 5);
    }

    /** Shards that have no rows: what counts is how many there are. */
    @Test
    void a_coordinator_that_starts_with_a_million_shards_dispatches_within_10_seconds() throws Exception {
        job("1000");
        awaitProgress();
        sql.run("""
                insert into backfleet.shard
                  (job_id, number, relation, turn, lower, cursor, upper, state, epoch, tallied)
                select s.job_id, 1000 + i, s.relation, 1000 + i, array[(1000000 + i)::text],
                       array[(1000000 + i + done::int)::text], array[(1000001 + i)::text],
                       case when done then 'DONE' else 'PENDING' end, done::int, done
                from (select job_id, relation from backfleet.shard order by job_id desc limit 1) s,
                     generate_series(1, 1000000) i, lateral (select i % 2 = 0) d (done)
                """);
        // What has rows keeps the slots: without it, slots are free as soon as a coordinator dispatches.
        sql.run("update backfleet.shard set state = 'DONE', worker = null, lease_until = null where number <= 1000");
        sql.run("vacuum analyze backfleet.shard");
        crew.retire(Crew.coordinator(2));
        var took = new ArrayList<Double>();
        for (var i = 0; i < Math.max(1, TIMES / 10); i++) {
            crew.retire(Crew.coordinator(1));
            // What it sent before its end may be committed after it.
            await("select count(*) = 0 from pg_stat_activity where application_name like 'backfleet-coordinator%'");
            var then = sql.texts("select clock_timestamp()").get(0);
            var started = System.nanoTime();
            crew.addCoordinator(1);
            await(
                    "select count(*) > 0 from backfleet.shard where epoch > 0 and not tallied and dispatched_at > timestamptz '"
                            + then + "'");
            took.add(seconds(started));
        }
        figure("with 1,000,000 shards, from a coordinator's start to the first dispatch", took, 10);
    }

    @Test
    void a_fleet_of_3_with_a_sigkill_every_10_seconds_keeps_70_percent_of_its_rate() throws Exception {
        var undisturbed = rate(false);
        var disturbed = rate(true);
        var share = disturbed / undisturbed;
        write("a fleet of 3, rows/s: undisturbed %.0f, with a SIGKILL every 10 s %.0f (%.0f %%)"
                .formatted(undisturbed, disturbed, share * 100));
        assertThat(share).isGreaterThanOrEqualTo(0.7);
    }

    // Each row sleeps for a moment, so that it is slots and not processors that the rate comes from.
    private double rate(boolean killed) throws Exception {
        cancelAll();
        var name = "rate-" + ++jobs;
        commands.submit(name, """
                table: public.items
                set: { dst: "dst + src + case when id % 2 = 0 then (pg_sleep(0.003) is null)::int else 0 end" }
                shard: { rows: 2000 }
                concurrency: 12
                throttle: none
                """);
        awaitProgress();
        var from = changed();
        var began = System.nanoTime();
        for (var i = 0; i < 3; i++) {
            var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            if (killed) {
                crew.named(Crew.worker(1 + i)).kill();
            }
            while (System.nanoTime() < until) {
                Rest.millis(20);
            }
        }
        var rate = (changed() - from) / seconds(began);
        assertThat(sql.texts("select state from backfleet.job where name = '" + name + "'"))
                .containsExactly("RUNNING");
        return rate;
    }

    // One that is just being started does not stand by yet.
    private void awaitStandby(String coordinator, long startsBefore) throws IOException {
        while (crew.said(coordinator, STARTED) == startsBefore) {
            Rest.millis(20);
        }
    }

    private void job(String rate) throws SQLException, IOException {
        // One that is still being planned counts too: two jobs would share the slots, and shards wait for one another.
        if (sql.number("select count(*) from backfleet.job where finished_at is null") == 0) {
            commands.submit("numbers-" + ++jobs, "table: public.items\n" + SPEC.formatted(rate) + "throttle: none\n");
        }
    }

    // A job may end before the worker has got a shard of it; then another begins.
    private void awaitShardOf(String worker) throws SQLException, IOException, InterruptedException {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        do {
            assertThat(System.nanoTime()).as("no shard for " + worker).isLessThan(end);
            job("3000");
            Rest.millis(10);
        } while (sql.number(
                        "select count(*) from backfleet.shard where state = 'RUNNING' and worker = '" + worker + "'")
                == 0);
    }

    private void cancelAll() throws SQLException {
        for (var name : sql.texts("select name from backfleet.job where state = 'RUNNING'")) {
            commands.runUnlessConflict("cancel", name);
        }
    }

    private void awaitProgress() throws SQLException, InterruptedException {
        var before = changed();
        await("select sum(rows_changed) > " + before + " from backfleet.shard");
    }

    private long changed() throws SQLException {
        return sql.number("select coalesce(sum(rows_changed), 0) from backfleet.shard");
    }

    private void await(String condition) throws SQLException, InterruptedException {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!sql.texts(condition).get(0).equals("t")) {
            assertThat(System.nanoTime()).as(condition).isLessThan(end);
            Rest.millis(10);
        }
    }

    private static void figure(String what, List<Double> seconds, double limit) throws IOException {
        seconds.sort(null);
        var worst = seconds.get(seconds.size() - 1);
        write("%s: median %.1f s, worst %.1f s of %d"
                .formatted(what, seconds.get(seconds.size() / 2), worst, seconds.size()));
        assertThat(worst).as(what).isLessThanOrEqualTo(limit);
    }

    private static void write(String line) throws IOException {
        Files.writeString(FIGURES, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
