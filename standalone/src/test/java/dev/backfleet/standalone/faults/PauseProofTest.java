package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pause holds from its acknowledgement on, whoever starts, is cut off, or talks nonsense meanwhile. */
@Tag("server")
class PauseProofTest {
    private static final boolean FULL = "full".equals(System.getProperty("backfleet.proof"));
    /** How many pauses: all of them with {@code -Dbackfleet.proof=full}. */
    private static final int PAUSES = FULL ? 200 : 5;

    private static final long P99_MS = 500;
    private static final int ROWS = 20_000;
    private static final Pattern ACKNOWLEDGED = Pattern.compile("within (\\d+)ms; the last batch ended at");
    // A row takes a moment of sleep: batches take as long as they may, and the processor is left alone.
    private static final String SLOW =
            "set: { n: \"n + 1 + case when id % 2 = 0 then (pg_sleep(0.001) is null)::int else 0 end\" }";

    private static Stage stage;
    private static LocalStack stack;
    private static Table table;
    private static ChangeLog changes;

    @BeforeAll
    static void start() throws Exception {
        stage = Stage.open(
                StackOptions.temporary()
                        .with(PostgresOptions.fast().with("track_commit_timestamp", "on"))
                        .with("BACKFLEET_WORKER_SLICE", "5m")
                        .with("BACKFLEET_REDISPATCH_AFTER", "2s")
                        .with("BACKFLEET_CONTROL_SILENCE", "2s")
                        // When no coordinator is running, the pause must stop the workers, not the missing heartbeat.
                        .with("BACKFLEET_COORDINATOR_SILENCE", "5m"),
                3,
                ROWS);
        stack = stage.stack();
        table = stage.table();
        changes = new ChangeLog(table);
    }

    @AfterAll
    static void stop() throws SQLException {
        stage.close();
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws Exception {
        signal("-CONT");
        stage.restoreStrength();
        stage.commands().run("resume");
        stage.calm();
        table.run("update packages set n = 0 where n <> 0");
    }

    @Test
    void from_the_acknowledgement_of_a_pause_on_not_one_row_changes() throws Exception {
        var random = new Random(7);
        var commands = stage.commands();
        var latencies = new ArrayList<Long>();
        var jobs = 1;
        var job = submit("pauses-" + jobs, 12);
        while (latencies.size() < PAUSES) {
            awaitChanges(random.nextInt(12), job);
            if (isOver(job)) {
                job = submit("pauses-" + ++jobs, 12);
                continue;
            }
            var what = random.nextBoolean() ? new String[] {} : new String[] {"pauses-" + jobs};
            // A worker that is frozen in the middle of a batch has not read the pause when it wakes up.
            var frozen = random.nextInt(4) == 0
                    ? List.of(Stage.alive(stack.workers()).get(random.nextInt(3)))
                    : List.<FleetProcess>of();
            frozen.forEach(FleetProcess::freeze);
            var said = commands.runUnlessConflict("pause", what);
            var acknowledged = changes.now();
            frozen.forEach(FleetProcess::resume);
            frozen.forEach(worker -> awaitSignOfLife(worker, acknowledged + 500_000));
            if (said.isPresent()) {
                latencies.add(acknowledgement(said.get()));
                changes.paused(acknowledged, changes.now());
                commands.runUnlessConflict("resume", what);
            }
        }
        stage.awaitState(job, "SUCCEEDED");

        assertThat(changes.changesInPauses()).as("changes in pauses").isZero();
        assertThat(table.number("select count(*) from packages where n <> " + jobs))
                .as("rows that are not changed once by each of %d jobs", jobs)
                .isZero();
        latencies.sort(null);
        var p99 = latencies.get(latencies.size() * 99 / 100 - (latencies.size() % 100 == 0 ? 1 : 0));
        Files.writeString(
                Path.of("target", "pauses.txt"),
                "%d pauses, milliseconds to the acknowledgement: p50 %d, p99 %d, max %d%n"
                        .formatted(
                                latencies.size(),
                                latencies.get(latencies.size() / 2),
                                p99,
                                latencies.get(latencies.size() - 1)));
        if (FULL) {
            assertThat(p99).as("ms to the acknowledgement, p99").isLessThanOrEqualTo(P99_MS);
        }
    }

    @Tag("long")
    @Test
    void a_worker_that_starts_during_a_pause_changes_nothing() throws Exception {
        var job = submit("started-late", 3);
        awaitChanges(3, job);
        // Only the topic knows of the pause, and it holds tasks.
        end(stack.coordinators());
        stage.say("fleet", "pause");
        Stage.awaitTrue(() -> stage.running() == 0);
        assertThat(isOver(job)).isFalse();
        // The others have heard of the pause as well, and leave it their tasks.
        end(Stage.alive(stack.workers()).subList(0, 1));
        var before = changes.size();
        assertThat(table.number("select count(*) from backfleet.control where state = 'PAUSE'"))
                .isZero();

        var late = stack.startWorker();
        Stage.awaitTrue(() -> table.number("select count(*) from backfleet.worker where id = '" + late.name()
                        + "' and seen_at > started_at + interval '3 seconds'")
                == 1);
        assertThat(changes.size()).as("changes of a worker that may not").isEqualTo(before);

        stage.say("fleet", "run");
        stack.addCoordinator();
        stage.awaitEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void a_worker_that_is_cut_off_from_kafka_stops_though_it_has_its_shard_and_the_database() throws Exception {
        var job = submit("cut-off", 2);
        awaitChanges(5, job);
        signal("-STOP");
        // A slice would take minutes, and leases are renewed with each batch: the missing proof stops them.
        Stage.awaitTrue(() -> stage.running() == 0);
        assertThat(isOver(job)).isFalse();
        assertThat(stage.said("why=STOPPED")).as("stops, by the logs").isPositive();
        var stopped = changes.size();
        signal("-CONT");
        awaitChanges(1, job);
        assertThat(changes.size()).isGreaterThan(stopped);
        stage.awaitEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void invalid_records_on_the_control_topic_are_skipped_and_lift_no_pause() throws Exception {
        var commands = stage.commands();
        var job = submit("nonsense", 12);
        awaitChanges(5, job);
        commands.run("pause");
        var before = changes.size();
        for (var value :
                List.of("", "runn", "run run", "[\"run\"]", "{\"v\":1,\"state\":\"pause\",\"state\":\"run\"}")) {
            stage.say("fleet", value);
        }
        stage.say("fleet", "{\"v\":99,\"state\":\"run\"}");
        stage.say("fleet", "{\"state\":\"run\",\"x\":\"" + "x".repeat(20_000) + "\"}");
        stage.say("fleet", "cancel");
        stage.say("fleet", "{\"v\":1,\"state\":\"run\",\"scope\":\"job/" + job + "\"}");
        stage.say("FLEET", "run");
        stage.say("fleet/", "run");
        stage.say("control/fleet", "{\"v\":1,\"state\":\"run\",\"by\":\"postgres\"}");
        stage.say("job/" + job + "/", "run");
        stage.say("heartbeat", "run");
        stage.say("limit/job/" + job, "{\"rowsPerSecondPerSlot\":-5}");
        // Not nonsense, but not the fleet's either.
        stage.say("job/" + job, "run");
        Stage.alive(stack.workers()).forEach(worker -> Stage.awaitWords(worker, "record skipped"));
        // By then they have read all records.
        var later = changes.now() + 2_000_000;
        Stage.alive(stack.workers()).forEach(worker -> awaitSignOfLife(worker, later));
        assertThat(changes.size()).as("changes since the pause").isEqualTo(before);
        assertThat(Stage.alive(stack.workers())).hasSize(3);
        assertThat(Stage.alive(stack.coordinators())).isNotEmpty();

        commands.run("resume");
        stage.awaitEveryRowOnce(job);
    }

    private static long acknowledgement(String said) {
        var matcher = ACKNOWLEDGED.matcher(said);
        assertThat(matcher.find()).as(said).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static boolean isOver(long job) throws SQLException {
        return table.number("select count(*) from backfleet.job where state = 'SUCCEEDED' and id = " + job) == 1;
    }

    /** Waits until so many more statements have changed rows, or the job has ended. */
    private static void awaitChanges(int count, long job) throws SQLException {
        var enough = changes.size() + count;
        Stage.awaitTrue(() -> changes.size() >= enough || isOver(job));
    }

    /** Waits until a worker has sent a heartbeat after that moment. */
    private static void awaitSignOfLife(FleetProcess worker, long moment) {
        Stage.awaitTrue(() -> table.number("select count(*) from backfleet.worker where id = '" + worker.name()
                        + "' and extract(epoch from seen_at) * 1000000 > " + moment)
                == 1);
    }

    /** Makes the broker reachable but silent, as behind a network that drops all packets. */
    private static void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(stack.kafka().pid()))
                .start()
                .waitFor();
    }

    private static void end(List<FleetProcess> processes) throws InterruptedException {
        var ending = Stage.alive(processes);
        ending.forEach(FleetProcess::askToEnd);
        for (var process : ending) {
            assertThat(process.awaitEnd(Duration.ofMinutes(1))).isZero();
        }
    }

    private static long submit(String name, int concurrency) throws IOException {
        return stage.submit(name, """
                %s
                shard: { rows: 4000 }
                concurrency: %d
                throttle: none
                """.formatted(SLOW, concurrency));
    }
}
