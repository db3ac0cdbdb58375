package dev.backfleet.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.standalone.chaos.load.Items;
import dev.backfleet.standalone.chaos.site.Crew;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standby takes over from a primary that is killed with commits that the standby does not have: claims, batches, a pause.
 * The change is not idempotent and has no {@code where}.
 */
@Tag("server")
@Tag("long")
class FailoverTest {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverTest.class);
    private static final int ROWS = 40_000;
    private static final int WORKERS = 2;
    private static final long TIMEOUT_NANOS = 120_000_000_000L;

    // The promise, which is held to where the machine does nothing else.
    private static final double AT_WORK_SECONDS = Integer.getInteger("backfleet.numbers.times", 0) > 0 ? 10 : 60;

    private static final Map<String, String> SETTINGS = Map.of(
            "BACKFLEET_SHARD_LEASE", "2s",
            "BACKFLEET_REDISPATCH_AFTER", "2s",
            "BACKFLEET_COORDINATOR_LEASE", "2s",
            "BACKFLEET_WORKER_SLOTS", "3");

    private static final String CHANGED = "select coalesce(sum(rows_changed), 0) from backfleet.shard where job_id = ";

    @TempDir
    private Path folder;

    private Site site;
    private Crew crew;
    private Items items;

    @BeforeEach
    void start() throws Exception {
        site = Site.open(WORKERS, 1);
        crew = new Crew(site, folder, SETTINGS);
        try (var sql = new Sql(site.jdbcUrl())) {
            items = new Items(sql, ROWS);
            items.create();
            sql.run("create table public.held (id bigint primary key, n integer not null default 0)");
            sql.run("insert into held select i from generate_series(1, 20000) i");
        }
    }

    @AfterEach
    void stop() throws Exception {
        crew.close();
        site.close();
    }

    @Test
    void every_row_is_changed_once_when_the_address_moves_to_a_standby_that_lacks_the_last_commits() throws Exception {
        site.addStandby(false);
        failOverInMidJob();
    }

    @Test
    void every_row_is_changed_once_when_the_url_names_both_hosts_and_the_former_primary_comes_back() throws Exception {
        site.addStandby(true);
        failOverInMidJob();
    }

    private void failOverInMidJob() throws Exception {
        long job;
        long held;
        try (var sql = new Sql(site.jdbcUrl())) {
            staff(sql);
            var commands = new CommandLine(site.flags(), folder);
            held = commands.submit("held", """
                    table: public.held
                    set: { n: n + 1 }
                    rate: { rows-per-second: 500 }
                    throttle: none
                    """);
            job = commands.submit("items", """
                    table: public.items
                    set: { dst: dst + src }
                    shard: { rows: 3000 }
                    batch: { duration: 40ms, max-rows: 300 }
                    rate: { rows-per-second: 4000 }
                    throttle: none
                    """);
            await(() -> sql.number(CHANGED + job) > ROWS / 10 && sql.number(CHANGED + held) > 0);
            site.cutReplication();
            var replicated = sql.number(CHANGED + job);
            commands.run("pause", "held");
            // Batches, ends of shards and claims that the standby will not know of.
            await(() -> sql.number(CHANGED + job) > replicated + ROWS / 4);
        }
        var former = site.failOver();
        var promoted = System.nanoTime();
        try (var sql = new Sql(site.jdbcUrl())) {
            var known = sql.number(CHANGED + job);
            LOG.atInfo().log("rows that the new primary has as changed: " + known);
            assertThat(sql.number("select count(*) from backfleet.control where scope = 'job/" + held + "'"))
                    .as("the pause is among the commits that were lost")
                    .isZero();
            await(() -> sql.number(CHANGED + job) > known);
            var seconds = (System.nanoTime() - promoted) / 1e9;
            LOG.atInfo().log("at work again %.1f s after the promotion".formatted(seconds));
            assertThat(seconds).isLessThan(AT_WORK_SECONDS);
            former.start();
            replaceEverybody();
            requireHeldAgain(sql, held);
            await(() -> sql.texts("select state from backfleet.job where id = " + job)
                    .contains("SUCCEEDED"));
            items = new Items(sql, ROWS);
            items.requireCountedAsChanged(job, 1);
            items.requireEveryRowOnceByEach(1);
            new CommandLine(site.flags(), folder).run("resume", "held");
            new CommandLine(site.flags(), folder).run("set", "held", "--rate", "none");
            await(() -> sql.texts("select state from backfleet.job where id = " + held)
                    .contains("SUCCEEDED"));
            Items.require("rows of held not changed once", sql.number("select count(*) from held where n <> 1"), 0);
        }
        // It takes writes, and was asked for none.
        try (var zombie = new Sql(former.jdbcUrl("postgres"))) {
            assertThat(zombie.number("select count(*) from pg_stat_activity where application_name like 'backfleet-%'"))
                    .as("sessions on the former primary")
                    .isZero();
        }
    }

    // Who is new knows nothing of the failover but what it finds out.
    private void replaceEverybody() {
        crew.named(Crew.coordinator(1)).kill();
        crew.named(Crew.worker(1)).kill();
    }

    private static void requireHeldAgain(Sql sql, long held) throws Exception {
        await(() ->
                sql.texts("select state from backfleet.job where id = " + held).contains("PAUSED"));
        await(() ->
                sql.number("select count(*) from backfleet.shard where state = 'RUNNING' and job_id = " + held) == 0);
    }

    private void staff(Sql sql) throws Exception {
        crew.addCoordinator(1);
        Crew.awaitLeader(sql);
        for (var i = 1; i <= WORKERS; i++) {
            crew.addWorker(i, Map.of());
        }
    }

    private static void await(Condition condition) throws Exception {
        var end = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain");
            }
            Rest.millis(20);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }
}
