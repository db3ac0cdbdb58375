package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.Main;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet of processes on real servers, with a change that is not idempotent and has no {@code where}: whatever is
 * killed, frozen or paused, every row is changed once, and what the checkpoints count is what was changed.
 */
class FleetUnderFaultsTest {
    private static final int ROWS = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static LocalStack stack;
    private static Table table;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        // Leases are short, so that a frozen worker loses its shards soon; silence is long, so that it is the fence
        // which stops it when it wakes, and not its own caution.
        stack = LocalStack.open(StackOptions.temporary()
                .with("BACKFLEET_SHARD_LEASE", "2s")
                .with("BACKFLEET_REDISPATCH_AFTER", "2s")
                .with("BACKFLEET_CONTROL_SILENCE", "5m")
                .with("BACKFLEET_COORDINATOR_SILENCE", "5m"));
        stack.addCoordinator();
        for (var i = 0; i < 3; i++) {
            stack.startWorker();
        }
        stack.awaitReady();
        table = new Table(stack.jdbcUrl());
        table.fill(ROWS);
    }

    @AfterAll
    static void stop() throws SQLException {
        try {
            table.close();
        } finally {
            stack.close();
        }
    }

    @BeforeEach
    void fullStrength() throws Exception {
        table.run("update packages set n = 0 where n <> 0");
        while (alive(stack.workers()).size() < 3) {
            stack.addWorker();
        }
        if (alive(stack.coordinators()).isEmpty()) {
            stack.addCoordinator();
        }
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws Exception {
        alive(stack.workers()).forEach(FleetProcess::resume);
        for (var name :
                table.texts("select name from backfleet.job where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')")) {
            backfleet("cancel", name);
        }
    }

    @Test
    void every_row_is_changed_once_though_workers_are_killed_and_frozen_and_the_job_is_paused() throws Exception {
        var job = submit("faults", "tenant: tenant_id");
        awaitChanged(job, ROWS / 20);
        busy().kill();
        var frozen = busy();
        frozen.freeze();
        table.assertCountedAsChanged(job);
        awaitChanged(job, ROWS / 4);

        assertThat(backfleet("pause", "faults")).contains("paused faults within", "the last batch ended at");
        var atPause = table.number("select sum(n) from packages");
        frozen.resume();
        await().atMost(PATIENCE).until(() -> logOf(frozen).contains("lost to a newer epoch or a pause"));
        assertThat(table.number("select sum(n) from packages"))
                .as("changed since the pause")
                .isEqualTo(atPause);
        table.assertCountedAsChanged(job);

        backfleet("resume", "faults");
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void a_worker_frozen_past_its_lease_changes_nothing_when_it_wakes() throws Exception {
        // With a limit, a slot that wakes asks for rows and renews its lease before it sends a batch, and learns of it
        // so.
        var job = submit("frozen", "", "none");
        awaitChanged(job, ROWS / 20);
        var frozen = busy();
        frozen.freeze();
        awaitTrue(
                () -> table.number("select count(*) from backfleet.shard where worker = '" + frozen.name() + "'") == 0);
        frozen.resume();
        await().atMost(PATIENCE).until(() -> logOf(frozen).contains("batch fenced: it changed nothing"));
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void any_producer_can_pause_and_resume_while_no_coordinator_runs() throws Exception {
        var job = submit("plain", "");
        awaitChanged(job, ROWS / 20);
        alive(stack.coordinators()).forEach(FleetProcess::kill);
        say("fleet", "pause");
        awaitTrue(() -> table.number("select count(*) from backfleet.shard where state = 'RUNNING'") == 0);
        var atPause = table.number("select sum(n) from packages");
        assertThat(atPause).isLessThan(ROWS);

        stack.addCoordinator();
        awaitTrue(() ->
                table.number("select count(*) from backfleet.control where scope = 'fleet' and state = 'PAUSE'") == 1);
        assertThat(table.number("select sum(n) from packages"))
                .as("changed since the pause")
                .isEqualTo(atPause);

        say("fleet", "resume");
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void a_worker_told_to_stop_gives_its_shards_back_and_exits_with_0() throws Exception {
        var job = submit("sigterm", "");
        awaitChanged(job, ROWS / 20);
        var stopped = busy();
        stopped.askToEnd();
        assertThat(stopped.awaitEnd(PATIENCE)).isZero();
        assertThat(table.number("select count(*) from backfleet.shard where worker = '" + stopped.name() + "'"))
                .as("shards still leased")
                .isZero();
        assertThat(table.number("select count(*) from backfleet.worker where id = '" + stopped.name() + "'"))
                .as("still registered")
                .isZero();
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void a_second_coordinator_stands_by_and_takes_over() throws Exception {
        var first = alive(stack.coordinators()).get(0);
        stack.addCoordinator();
        assertThat(table.texts("select coordinator from backfleet.leader")).containsExactly(first.name());
        var job = submit("takeover", "");
        awaitChanged(job, ROWS / 20);
        first.kill();
        awaitState(job, "SUCCEEDED");
        assertThat(table.texts("select coordinator from backfleet.leader")).doesNotContain(first.name());
        table.assertEveryRowOnce(job);
    }

    @Test
    void a_tenant_stands_still_by_command_or_by_any_producer_while_the_others_go_on() throws Exception {
        var job = submit("tenants", "tenant: tenant_id");
        awaitChanged(job, ROWS / 20);
        backfleet("pause", "tenants");
        var whale = tenant("count(*) desc");
        var small = tenant("min(n), count(*) filter (where n = 0) < 2, md5(tenant_id::text)");
        say("job/" + job + "/tenant/" + small, "pause");
        awaitTrue(() -> table.number("select count(*) from backfleet.control where scope = 'job/" + job + "/tenant/"
                        + small + "' and state = 'PAUSE'")
                == 1);
        backfleet("resume", "tenants");
        awaitTrue(() -> table.number(
                        "select count(*) from backfleet.shard where state = 'RUNNING' and upper[1] = '" + whale + "'")
                > 0);
        assertThat(backfleet("pause", "tenants", "--tenant", whale))
                .contains("paused tenant " + whale + " of tenants within");
        var changed = "select sum(n) from packages where tenant_id in (" + whale + ", " + small + ")";
        var atPause = table.number(changed);

        awaitTrue(() -> table.number(
                        "select count(*) from packages where n = 0 and tenant_id not in (" + whale + ", " + small + ")")
                == 0);
        assertThat(table.number(changed)).as("changed since the pause").isEqualTo(atPause);
        assertThat(backfleet("status", "tenants")).contains("RUNNING", "2 tenants are paused");
        assertThat(backfleet("tenants", "tenants", "--state", "paused").lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(small + " "))
                .anyMatch(line -> line.startsWith(whale + " "));

        backfleet("resume", "tenants", "--tenant", whale);
        say("job/" + job + "/tenant/" + small, "resume");
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void a_job_waits_after_each_wave_of_its_rollout() throws Exception {
        var job =
                submit("waves", "tenant: tenant_id\nrollout: [{ tenants: [1, 2] }, { percent: 10 }, { percent: 100 }]");
        awaitTrue(() ->
                table.number("select count(*) from backfleet.job where wave = 1 and wave_done_at is not null") > 0);
        assertThat(table.texts("select distinct tenant_id from packages where n > 0 order by 1"))
                .containsExactly("1", "2");
        assertThat(backfleet("status", "waves"))
                .contains("wave 1 of 3 is done; 'backfleet promote waves' begins the next one");
        assertThat(backfleet("promote", "waves")).contains("wave 2 of 3 of waves begins");
        backfleet("promote", "waves", "--early");
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    private static String tenant(String order) throws SQLException {
        return table.texts("select tenant_id from packages group by tenant_id order by " + order + " limit 1")
                .get(0);
    }

    private long submit(String name, String more) throws Exception {
        return submit(name, more, "50000");
    }

    private long submit(String name, String more, String rate) throws Exception {
        var spec = Files.writeString(folder.resolve(name + ".yaml"), """
                name: %s
                table: public.packages
                %s
                set: { n: n + 1 }
                shard: { rows: 8000 }
                batch: { duration: 20ms, max-rows: 500 }
                rate: { rows-per-second: %s }
                concurrency: 12
                throttle: none
                """.formatted(name, more, rate));
        return Long.parseLong(backfleet("submit", spec.toString()).strip());
    }

    /** Runs a command as a person would, and gives what it printed. */
    private static String backfleet(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(stack.flags());
        var out = new StringWriter();
        var err = new StringWriter();
        var commands = Main.commandLine();
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var code = commands.execute(all.toArray(String[]::new));
        assertThat(code).as("exit code; %s", err).isZero();
        return out.toString();
    }

    private static void say(String key, String value) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", stack.kafka().bootstrapServers());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("backfleet.control", key, value)).get();
        }
    }

    /** A worker that holds a shard right now. */
    private static FleetProcess busy() {
        return await().atMost(PATIENCE)
                .until(
                        () -> {
                            var holders = table.texts("select worker from backfleet.shard where state = 'RUNNING'");
                            return alive(stack.workers()).stream()
                                    .filter(worker -> holders.contains(worker.name()))
                                    .findFirst();
                        },
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private static List<FleetProcess> alive(List<FleetProcess> processes) {
        return processes.stream().filter(FleetProcess::isAlive).toList();
    }

    private static void awaitChanged(long job, long rows) {
        awaitTrue(() -> table.number("select sum(rows_changed) from backfleet.shard where job_id = " + job) >= rows);
    }

    private static void awaitState(long job, String state) {
        awaitTrue(() ->
                table.texts("select state from backfleet.job where id = " + job).contains(state));
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
    }

    private static String logOf(FleetProcess process) throws java.io.IOException {
        return Files.readString(process.log());
    }
}
