package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.query.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rate and the remaining time of a job, as the control schema has them. */
@Tag("server")
class EtaTest {
    private final ControlRows rows = new ControlRows();
    private final PostgresQueries queries = new PostgresQueries(rows.database());

    @AfterEach
    void close() {
        rows.close();
    }

    private JobStatus status(long job) {
        return queries.job(job).orElseThrow();
    }

    @Test
    void a_fresh_measurement_gives_rate_and_time_left() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "w-1", 400, 100);
        rows.execute("update backfleet.job set rows_per_second = 100, walked_per_second = 200, measured_at = now()");
        assertThat(status(job).rate()).isEqualTo(new JobStatus.Rate(50_000L, 100L));
        assertThat(status(job).etaNote()).isEqualTo("the speed is not measured yet");
        rows.execute(
                "insert into backfleet.job_clock (job_id, since, booked_until, speed_slow, speed_usual, speed_fast, speeds_measured,"
                        + " work_share, work_deviation, work_blocks, work_block_seconds)"
                        + " values (?, now(), now(), 100, 200, 300, 100, 0.5, 0, 6, 10)",
                job);
        assertThat(status(job).etaNote()).isNull();
        assertThat(status(job).etaSeconds()).isEqualTo(6);
        assertThat(status(job).etaRange()).isEqualTo(new JobStatus.EtaRange(3, 13));
        rows.execute("update backfleet.job_clock set held_by = 'throttled', held_by_signal = 'wal-rate'");
        assertThat(status(job).etaNote()).isEqualTo("held back entirely by wal-rate");
    }
}
