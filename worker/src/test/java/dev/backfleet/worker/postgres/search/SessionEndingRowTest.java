package dev.backfleet.worker.postgres.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A row whose trigger ends the session that changes it: no error is raised for it, and the connection is lost each time. */
@Tag("server")
class SessionEndingRowTest {
    private static final int MOST_RUNS = 100;

    private final TestFleet fleet = TestFleet.open();

    @BeforeEach
    void table() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 300) i");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    private ShardExecutor executor(Duration slice) {
        var context = ShardExecutor.Context.system(() -> new ControlView(true, Map.of()), () -> false);
        var reports = new WorkReports(
                "w", event -> {}, new WorkMetrics(new SimpleMeterRegistry()), Clock.systemUTC(), context.ticker());
        var settings = new RunSettings(slice, TestFleet.LEASE, 8, Duration.ofSeconds(5));
        return new ShardExecutor(settings, failures -> Duration.ofMillis(20), context, reports);
    }

    private Task submitted() throws SQLException {
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        return fleet.shard(fleet.job(definition), definition.table(), null, "{300}");
    }

    private Claim dispatched(Task task, int dispatch) throws SQLException {
        fleet.run("update backfleet.shard set state = 'DISPATCHED', worker = null, lease_until = null, dispatch = "
                + dispatch);
        return fleet.leases.claim(new Task(task.shard(), dispatch)).orElseThrow();
    }

    @Test
    void it_is_quarantined_and_every_other_row_is_changed_once() throws Exception {
        fleet.run("create function leave() returns trigger language plpgsql as $$ begin "
                + "perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(0.01); return new; end $$");
        fleet.run("create trigger leave before update on t for each row when (new.id in (77, 78, 300)) "
                + "execute function leave()");
        var task = submitted();
        // A slice shorter than the tries of one row.
        var executor = executor(Duration.ofMillis(200));
        RunOutcome outcome = new RunOutcome.LeaseLost();
        for (var run = 1; run <= MOST_RUNS && !(outcome instanceof RunOutcome.Done); run++) {
            outcome = executor.run(dispatched(task, run), fleet.access());
        }
        assertThat(outcome).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select string_agg(key::text, ' ' order by id) from backfleet.quarantine"))
                .isEqualTo("{77} {78} {300}");
        assertThat(fleet.ask("select min(sqlstate), max(sqlstate), max(message) from backfleet.quarantine"))
                .isEqualTo("57P01 57P01 each of 10 batches of this row alone lost its session");
        assertThat(fleet.ask("select count(*) filter (where n = 1), count(*) filter (where n = 0) from t"))
                .isEqualTo("297 3");
    }

    @Test
    void a_shard_that_is_put_back_says_why_in_the_status_of_its_job() throws Exception {
        var task = submitted();
        var claim = dispatched(task, 1);
        try (var other = fleet.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("update t set n = n where id = 1");
            assertThat(executor(Duration.ofMinutes(1)).run(claim, fleet.access()))
                    .isInstanceOf(RunOutcome.Stuck.class);
        }
        assertThat(fleet.ask("select topic, note from backfleet.job_note"))
                .matches(
                        "tries of shard 1 shard 1 has not advanced since .+: each try failed, the last one at .+, of worker w, "
                                + "with 55P03: .+");
        assertThat(fleet.ask("select state, not_before > now() from backfleet.shard"))
                .isEqualTo("PENDING t");
    }
}
