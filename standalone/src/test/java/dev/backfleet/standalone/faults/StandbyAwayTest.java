package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.StackOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The synchronous standby is away: the server answers reads, and no commit returns. The fleet says what it waits for, commands
 * end, and everything continues when the standby is back.
 */
@Tag("server")
@Tag("long")
class StandbyAwayTest {
    private static final int WORKERS = 2;
    private static final int ROWS = 40_000;
    private static final String WAITS = "commits wait for a synchronous standby";
    private static final String SLOW = """
            set: { n: n + 1 }
            shard: { rows: 1000 }
            rate: { rows-per-second: 2000 }
            throttle: none
            """;

    private static Stage stage;
    private static PostgresServer standby;

    @BeforeAll
    static void open() throws Exception {
        stage = Stage.open(StackOptions.temporary(), WORKERS, ROWS);
        standby = PostgresServer.standbyOf(stage.stack().postgres(), PostgresOptions.durable());
        stage.table().run("alter system set synchronous_standby_names = '*'");
        stage.table().run("select pg_reload_conf()");
    }

    @AfterAll
    static void close() throws Exception {
        standby.close();
        stage.close();
    }

    @BeforeEach
    void everyProcessRuns() throws Exception {
        standby.start();
        awaitConfirming();
        stage.table().run("update packages set n = 0 where n <> 0");
        stage.restoreStrength();
    }

    @AfterEach
    void calm() throws Exception {
        standby.start();
        awaitConfirming();
        stage.commands().run("resume");
        stage.calm();
    }

    private static void awaitConfirming() {
        Stage.awaitTrue(
                () -> stage.table().number("select count(*) from pg_stat_replication where sync_state = 'sync'") == 1);
    }

    @Test
    void the_fleet_says_what_it_waits_for_and_continues_by_itself() throws Exception {
        var job = stage.submit("waiting", SLOW);
        stage.awaitChanged(job, 1);
        standby.stop();

        Stage.awaitTrue(() -> stage.commands().run("status", "waiting").contains(WAITS + " since "));
        awaitWorkers("NO_COORDINATOR");
        var status = stage.commands().run("status", "waiting");
        assertThat(status.lines().skip(1).findFirst())
                .hasValueSatisfying(line -> assertThat(line).contains(WAITS));
        assertThat(status)
                .contains("synchronous_standby_names is '*'")
                .doesNotContain("no active coordinator")
                .doesNotContain("no worker is alive")
                .doesNotContain("no heartbeat");
        assertThat(stage.commands().result("jobs").err()).contains(WAITS);
        // The leader's log names the cause too.
        Stage.awaitWords(coordinator(), "the leader lease could not be requested");
        assertThat(Files.readString(coordinator().log())).contains(WAITS);
        assertThat(stage.commands().result("workers").err()).contains(WAITS);

        standby.start();
        stage.awaitEveryRowOnce(job);
        assertThat(stage.commands().run("status", "waiting")).doesNotContain(WAITS);
    }

    @Test
    void a_command_that_stores_something_ends_at_once_and_stores_nothing() throws Exception {
        var job = stage.submit("refused", SLOW);
        stage.awaitChanged(job, 1);
        var spec = Files.writeString(
                stage.stack().logs().resolve("another.yaml"), "name: another\ntable: public.packages\n" + SLOW);
        standby.stop();
        Stage.awaitTrue(() -> stage.commands().run("status", "refused").contains(WAITS + " since "));

        var audited = audited();
        for (var command : changes(spec)) {
            var result = stage.commands().result(command.toArray(String[]::new));
            assertThat(result.err())
                    .as(command.toString())
                    .contains(WAITS, "nothing was stored; repeat the command when");
            assertThat(result.code()).as(command.toString()).isEqualTo(3);
        }

        standby.start();
        awaitConfirming();
        stage.awaitEveryRowOnce(job);
        assertThat(audited()).isEqualTo(audited);
        assertThat(stage.table().texts("select name from backfleet.job")).doesNotContain("another");
    }

    private static List<List<String>> changes(Path spec) {
        return List.of(
                List.of("submit", spec.toString()),
                List.of("resume"),
                List.of("resume", "refused"),
                List.of("set", "refused", "--rate", "1"),
                List.of("promote", "refused"),
                List.of("retry", "refused"),
                List.of("quarantine", "refused", "--retry"),
                List.of("quarantine", "refused", "--drop"),
                List.of("quarantine", "refused", "--set", "n=1"));
    }

    private static long audited() throws SQLException {
        return stage.table().number("select count(*) from backfleet.audit");
    }

    @Test
    void a_stop_is_published_and_not_confirmed_and_is_stored_when_the_standby_is_back() throws Exception {
        var paused = stage.submit("paused", SLOW);
        var cancelled = stage.submit("cancelled", SLOW);
        stage.awaitChanged(paused, 1);
        standby.stop();
        Stage.awaitTrue(() -> stage.commands().run("status", "paused").contains(WAITS + " since "));

        for (var stop : List.of(List.of("pause"), List.of("pause", "paused"), List.of("cancel", "cancelled"))) {
            var result = stage.commands().result(stop.toArray(String[]::new));
            assertThat(result.err())
                    .as(stop.toString())
                    .contains("is published on the control topic", "NOT confirmed", WAITS);
            assertThat(result.code()).as(stop.toString()).isEqualTo(3);
        }

        standby.start();
        stage.awaitState(cancelled, "CANCELLED");
        stage.awaitState(paused, "PAUSED");
        Stage.awaitTrue(() ->
                stage.table().number("select count(*) from backfleet.control where scope = 'fleet' and state = 'PAUSE'")
                        == 1);
        stage.table().assertCountedAsChanged(paused);
    }

    @Test
    void a_fleet_that_starts_meanwhile_is_at_work_when_the_standby_is_back() throws Exception {
        var job = stage.submit("started", SLOW);
        stage.awaitChanged(job, 1);
        Stage.alive(stage.stack().coordinators()).forEach(FleetProcess::kill);
        Stage.alive(stage.stack().workers()).forEach(FleetProcess::kill);
        standby.stop();
        stage.stack().startCoordinator();
        stage.stack().startWorker();
        stage.stack().startWorker();

        awaitWorkers("NO_COORDINATOR");
        assertThat(stage.commands().run("status", "started"))
                .contains(WAITS)
                .doesNotContain("no active coordinator")
                .doesNotContain("no worker is alive");

        standby.start();
        stage.awaitEveryRowOnce(job);
    }

    private static FleetProcess coordinator() {
        return Stage.alive(stage.stack().coordinators()).get(0);
    }

    /** Waits until every live worker accepts no tasks for that reason; none counts as lost. */
    private static void awaitWorkers(String reason) {
        Stage.awaitTrue(() -> stage.table()
                        .number("select count(*) from backfleet.worker where not_accepting = '" + reason
                                + "' and seen_at > clock_timestamp() - interval '3 seconds'")
                == WORKERS);
    }
}
