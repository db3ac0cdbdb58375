package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.throttle.FullSpeed;
import dev.backfleet.coordinator.throttle.Reading;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.ThrottlePolicy;
import dev.backfleet.coordinator.throttle.ThrottleRepository;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a job's factor makes of its rate and its slots, in the one place that workers and dispatcher ask. */
@Tag("server")
class ThrottledTermsTest {
    private static final FullSpeed FULL = new FullSpeed(1_000, 4);

    private final TestDatabase database = TestDatabase.open();
    private final PostgresThrottle ledger = new PostgresThrottle(database.database);

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private String rateAndSlots(long job) throws SQLException {
        return database.ask(
                "select round(coalesce(backfleet.rate_of(j), -1)::numeric, 1) || ' ' || backfleet.slots_now(j) "
                        + "from backfleet.job j where id = " + job);
    }

    private String held(long job, double factor, Optional<FullSpeed> full) throws SQLException {
        ledger.store(job, ThrottlePolicy.at(factor), full, Optional.empty());
        return rateAndSlots(job);
    }

    @Test
    void a_job_without_a_limit_loses_whole_slots_first_and_the_rest_by_a_rate() throws SQLException {
        var job = database.job("RUNNING", 1);
        assertThat(rateAndSlots(job)).isEqualTo("-1.0 8");
        assertThat(held(job, 0.75, Optional.of(FULL))).isEqualTo("750.0 3");
        assertThat(held(job, 0.7, Optional.of(FULL))).isEqualTo("700.0 3");
        assertThat(held(job, 0.05, Optional.of(FULL))).isEqualTo("50.0 1");
        assertThat(held(job, 1, Optional.of(FULL))).isEqualTo("-1.0 8");
    }

    @Test
    void a_job_whose_full_speed_is_unknown_loses_slots() throws SQLException {
        var job = database.job("RUNNING", 1);
        assertThat(held(job, 0.5, Optional.empty())).isEqualTo("-1.0 4");
        assertThat(held(job, 0.5, Optional.of(FULL))).isEqualTo("500.0 2");
    }

    @Test
    void a_limit_shrinks_with_the_factor_and_one_that_was_never_reached_does_not_count() throws SQLException {
        var job = database.job("RUNNING", 1);
        database.run("update backfleet.job set rate_limit = 500");
        assertThat(held(job, 0.5, Optional.of(FULL))).isEqualTo("250.0 2");
        database.run("update backfleet.job set rate_limit = 5000");
        assertThat(held(job, 0.5, Optional.of(FULL))).isEqualTo("500.0 2");
        database.run("update backfleet.job set rate_limit = null, wal_limit = 1000, wal_rows = 80");
        assertThat(held(job, 0.5, Optional.of(FULL))).isEqualTo("40.0 2");
    }

    @Test
    void a_stopped_job_has_no_slot_and_no_slot_is_wanted() throws SQLException {
        var job = database.job("RUNNING", 1);
        database.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now()");
        assertThat(database.ask("select wanted from backfleet.terms(" + job + ", 1)"))
                .isEqualTo("t");
        assertThat(held(job, 0, Optional.of(FULL))).endsWith(" 0");
        assertThat(database.ask("select wanted from backfleet.terms(" + job + ", 1)"))
                .isEqualTo("f");
    }

    @Test
    void what_holds_a_job_back_and_what_it_has_cost_are_in_its_status() {
        try (var rows = new ControlRows()) {
            var job = rows.job("names", "RUNNING");
            var queries = new PostgresQueries(rows.database());
            var kept = new PostgresThrottle(rows.database());
            var reading = new Reading(Sample.of(Signal.LOCK_QUEUE, 0.7), new Thresholds(0.2, 0.6), Duration.ZERO);
            var brake = new ThrottlePolicy(0.25, 3.5, 1, 0, ThrottlePolicy.Shrunk.NEVER, Optional.of(reading));
            kept.store(job, brake, Optional.of(FULL), Optional.of(new ThrottleRepository.DelayCost("lock-queue", 1.5)));
            kept.store(job, brake, Optional.of(FULL), Optional.of(new ThrottleRepository.DelayCost("lock-queue", 1)));
            kept.store(job, brake, Optional.of(FULL), Optional.of(new ThrottleRepository.DelayCost("wal-rate", 0.5)));
            assertThat(queries.job(job).orElseThrow().throttle())
                    .isEqualTo(new JobStatus.Throttled(
                            0.25,
                            "lock-queue",
                            0.7,
                            0.6,
                            Measure.DURATION,
                            "HARD",
                            null,
                            Map.of("lock-queue", 2.5, "wal-rate", 0.5)));
            kept.store(job, ThrottlePolicy.OFF, Optional.of(FULL), Optional.empty());
            assertThat(queries.job(job).orElseThrow().throttle().signal()).isNull();
        }
    }

    @Test
    void a_finished_job_is_not_touched() throws SQLException {
        var job = database.job("SUCCEEDED", 1);
        ledger.store(job, ThrottlePolicy.at(0.5), Optional.of(FULL), Optional.empty());
        assertThat(database.ask("select factor from backfleet.job where id = " + job))
                .isEqualTo("1");
    }
}
