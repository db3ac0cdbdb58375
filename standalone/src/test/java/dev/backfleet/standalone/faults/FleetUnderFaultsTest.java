package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.kafka.Topics;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A fleet of processes on real servers, with a change that is not idempotent and has no {@code where}: even when
 * processes are killed, frozen or paused, every row is changed once, and the checkpoints' counts match.
 */
@Tag("staged")
class FleetUnderFaultsTest {
    private static final int ROWS = SharedStage.ROWS;

    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private Stage stage;
    private LocalStack stack;
    private Table table;

    @BeforeEach
    void fullStrength() throws Exception {
        stage = SHARED.ready();
        stack = stage.stack();
        table = stage.table();
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws Exception {
        stage.calm();
    }

    @Test
    void every_row_is_changed_once_though_workers_are_killed_and_frozen_and_the_job_is_paused() throws Exception {
        var job = submit("faults", "tenant: tenant_id");
        stage.awaitChanged(job, ROWS / 20);
        stage.busy().kill();
        var frozen = stage.busy();
        frozen.freeze();
        table.assertCountedAsChanged(job);
        stage.awaitChanged(job, ROWS / 4);

        assertThat(backfleet("pause", "faults")).contains("paused faults within", "the last batch ended at");
        var atPause = table.number("select sum(n) from packages");
        frozen.resume();
        // It tries a batch in vain, or hears of the pause before it comes to that.
        Stage.awaitWords(
                frozen,
                "lease lost: another worker has the shard, or the job was paused job=" + job,
                "shard given back job=" + job);
        assertThat(table.number("select sum(n) from packages"))
                .as("changed since the pause")
                .isEqualTo(atPause);
        table.assertCountedAsChanged(job);

        backfleet("resume", "faults");
        finish("faults", job);
    }

    @Test
    void a_worker_frozen_past_its_lease_changes_nothing_when_it_wakes() throws Exception {
        // With a limit, a slot that wakes asks for rows and renews its lease before it sends a batch, and learns of
        // the loss so.
        var job = submit("frozen", "", "none");
        stage.awaitChanged(job, ROWS / 20);
        var frozen = stage.busy();
        frozen.freeze();
        Stage.awaitTrue(
                () -> table.number("select count(*) from backfleet.shard where worker = '" + frozen.name() + "'") == 0);
        var before = Files.size(frozen.log());
        frozen.resume();
        // It tries a batch in vain, or first notices that it has not heard of a coordinator for long. A shard whose
        // last batch was on its way is done.
        Stage.awaitWordsAfter(
                before,
                frozen,
                "the batch changed nothing: its fence did not hold",
                "shard given back job=" + job,
                "shard done job=" + job);
        stage.awaitEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void any_producer_can_pause_and_resume_while_no_coordinator_runs() throws Exception {
        var job = submit("plain", "");
        stage.awaitChanged(job, ROWS / 20);
        Stage.alive(stack.coordinators()).forEach(FleetProcess::kill);
        stage.say("fleet", "pause");
        Stage.awaitTrue(() -> stage.running() == 0);
        var atPause = table.number("select sum(n) from packages");
        assertThat(atPause).isLessThan(ROWS);

        stack.addCoordinator();
        Stage.awaitTrue(() ->
                table.number("select count(*) from backfleet.control where scope = 'fleet' and state = 'PAUSE'") == 1);
        assertThat(table.number("select sum(n) from packages"))
                .as("changed since the pause")
                .isEqualTo(atPause);

        stage.say("fleet", "resume");
        finish("plain", job);
    }

    @Test
    void a_worker_told_to_stop_gives_its_shards_back_and_exits_with_0() throws Exception {
        var job = submit("sigterm", "");
        stage.awaitChanged(job, ROWS / 20);
        var stopped = stage.busy();
        stopped.askToEnd();
        assertThat(stopped.awaitEnd(Duration.ofMinutes(1))).isZero();
        assertThat(table.number("select count(*) from backfleet.shard where worker = '" + stopped.name() + "'"))
                .as("shards still leased")
                .isZero();
        assertThat(table.number("select count(*) from backfleet.worker where id = '" + stopped.name() + "'"))
                .as("still registered")
                .isZero();
        finish("sigterm", job);
    }

    @Test
    void a_second_coordinator_stands_by_and_takes_over() throws Exception {
        var first = Stage.alive(stack.coordinators()).get(0);
        stack.addCoordinator();
        assertThat(stage.leader()).isEqualTo(first.name());
        var job = submit("takeover", "");
        stage.awaitChanged(job, ROWS / 20);
        first.kill();
        stage.awaitState(job, "SUCCEEDED");
        assertThat(stage.leader()).isNotEqualTo(first.name());
        table.assertEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void a_tenant_is_paused_by_command_or_by_any_producer_while_the_others_continue() throws Exception {
        var job = submit("tenants", "tenant: tenant_id");
        stage.awaitChanged(job, ROWS / 20);
        backfleet("pause", "tenants");
        var largeTenant = tenant("count(*) desc");
        var small = tenant("min(n), count(*) filter (where n = 0) < 2, md5(tenant_id::text)");
        stage.say("job/" + job + "/tenant/" + small, "pause");
        Stage.awaitTrue(() -> table.number("select count(*) from backfleet.control where scope = 'job/" + job
                        + "/tenant/" + small + "' and state = 'PAUSE'")
                == 1);
        backfleet("resume", "tenants");
        Stage.awaitTrue(
                () -> table.number("select count(*) from backfleet.shard where state = 'RUNNING' and upper[1] = '"
                                + largeTenant + "'")
                        > 0);
        assertThat(backfleet("pause", "tenants", "--tenant", largeTenant))
                .contains("paused tenant " + largeTenant + " of tenants within");
        var changed = "select sum(n) from packages where tenant_id in (" + largeTenant + ", " + small + ")";
        var atPause = table.number(changed);

        Stage.awaitTrue(() -> table.number("select count(*) from packages where n = 0 and tenant_id not in ("
                        + largeTenant + ", " + small + ")")
                == 0);
        assertThat(table.number(changed)).as("changed since the pause").isEqualTo(atPause);
        assertThat(backfleet("status", "tenants")).contains("RUNNING", "2 tenants are paused");
        assertThat(backfleet("tenants", "tenants", "--state", "paused").lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(small + " "))
                .anyMatch(line -> line.startsWith(largeTenant + " "));

        backfleet("resume", "tenants", "--tenant", largeTenant);
        stage.say("job/" + job + "/tenant/" + small, "resume");
        finish("tenants", job);
    }

    @Tag("long")
    @Test
    void a_job_waits_after_each_wave_of_its_rollout() throws Exception {
        var job =
                submit("waves", "tenant: tenant_id\nrollout: [{ tenants: [1, 2] }, { percent: 10 }, { percent: 100 }]");
        Stage.awaitTrue(() ->
                table.number("select count(*) from backfleet.job where wave = 1 and wave_done_at is not null") > 0);
        assertThat(table.texts("select distinct tenant_id from packages where n > 0 order by 1"))
                .containsExactly("1", "2");
        assertThat(backfleet("status", "waves"))
                .contains("wave 1 of 3 is done; 'backfleet promote waves' begins the next one");
        assertThat(backfleet("promote", "waves")).contains("wave 2 of 3 of waves has begun");
        backfleet("promote", "waves", "--early");
        stage.awaitEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void offsets_that_are_reset_cost_time_and_no_row() throws Exception {
        var offsets = new Offsets(stack.kafka().bootstrapServers(), new Topics("backfleet"));
        var job = submit("offsets", "");
        stage.awaitChanged(job, ROWS / 20);
        endWorkers();
        offsets.toTheStart();
        // One is enough to take all of them again.
        stack.addWorker();
        stage.awaitChanged(job, ROWS / 4);
        endWorkers();
        // Else nothing is lost, and nothing shown.
        stage.awaitDispatched(job);
        offsets.toTheEnd();
        stage.restoreStrength();
        finish("offsets", job);
    }

    private void endWorkers() throws InterruptedException {
        var workers = Stage.alive(stack.workers());
        workers.forEach(FleetProcess::askToEnd);
        for (var worker : workers) {
            worker.awaitEnd(Duration.ofMinutes(1));
        }
    }

    private String tenant(String order) throws SQLException {
        return table.texts("select tenant_id from packages group by tenant_id order by " + order + " limit 1")
                .get(0);
    }

    private long submit(String name, String more) throws IOException {
        return submit(name, more, "17000");
    }

    private long submit(String name, String more, String rate) throws IOException {
        return stage.submit(name, """
                %s
                set: { n: n + 1 }
                shard: { rows: 5300 }
                batch: { duration: 20ms, max-rows: 500 }
                rate: { rows-per-second: %s }
                concurrency: 12
                throttle: none
                """.formatted(more, rate));
    }

    /** The test is done: the rest may run at full speed. */
    private void finish(String name, long job) throws SQLException {
        stage.commands().runUnlessConflict("set", name, "--rate", "none");
        stage.awaitEveryRowOnce(job);
    }

    private String backfleet(String... arguments) {
        return stage.commands().run(arguments);
    }
}
