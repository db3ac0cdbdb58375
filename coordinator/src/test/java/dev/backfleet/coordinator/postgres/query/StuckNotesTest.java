package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.query.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What workers have noted of shards that do not advance is told until they do. */
@Tag("server")
class StuckNotesTest {
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
    void what_a_worker_tells_of_a_shard_counts_until_the_shard_advances_or_ends() {
        var job = rows.job("names", "RUNNING");
        for (var number = 1; number <= 3; number++) {
            rows.shard(job, number, number == 3 ? "DONE" : "w-1", 0, 0);
            rows.execute(
                    "insert into backfleet.job_note (job_id, topic, at, note) values (?, ?, clock_timestamp(), ?)",
                    job,
                    "walk of shard " + number,
                    "note " + number);
        }
        rows.execute("insert into backfleet.job_note (job_id, topic, note) values (?, 'planning', 'other')", job);
        assertThat(status(job).findings().notes()).containsExactly("note 1", "note 2", "other");
        rows.execute("update backfleet.shard set last_batch_at = clock_timestamp() where number = 2");
        assertThat(status(job).findings().notes()).containsExactly("note 1", "other");
    }

    private void note(long job, int shard, String age) {
        rows.execute(
                "insert into backfleet.job_note (job_id, topic, at, note) "
                        + "values (?, ?, clock_timestamp() - ?::interval, ?)",
                job,
                "tries of shard " + shard,
                age,
                "note " + shard);
    }

    @Test
    void why_a_standby_is_not_read_is_told_of_an_unfinished_reconcile_until_a_batch_is_committed() {
        var job = rows.job("names.reconcile", "RUNNING");
        rows.shard(job, 1, "w-1", 0, 0);
        rows.execute(
                "insert into backfleet.job_note (job_id, topic, note) values (?, 'standby', 'replica: 28P01: no')",
                job);
        assertThat(status(job).findings()).isEqualTo(JobStatus.Findings.NONE);
        rows.execute("update backfleet.job set reconciles = id where id = ?", job);
        assertThat(status(job).findings().standby()).isEqualTo("replica: 28P01: no");
        assertThat(status(job).findings().notes()).isEmpty();
        rows.execute("update backfleet.shard set last_batch_at = clock_timestamp()");
        assertThat(status(job).findings().standby()).isNull();
        rows.execute("update backfleet.job_note set at = clock_timestamp()");
        assertThat(status(job).findings().standby()).isNotNull();
        rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now()");
        assertThat(status(job).findings().standby()).isNull();
    }

    @Test
    void a_shard_that_nobody_tries_counts_as_stuck_only_while_no_other_advances() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "PENDING", 0, 0);
        rows.shard(job, 2, "w-1", 0, 0);
        rows.shard(job, 3, "DISPATCHED", 0, 0);
        rows.shard(job, 4, "PENDING", 0, 0);
        rows.shard(job, 5, "w-1", 0, 0);
        rows.execute("update backfleet.shard set last_batch_at = now() - interval '1 hour' where number < 5");
        rows.execute("update backfleet.shard set last_batch_at = now() where number = 5");
        note(job, 1, "3 seconds");
        note(job, 2, "4 minutes");
        note(job, 3, "5 minutes");
        note(job, 4, "6 minutes");
        assertThat(status(job).findings().notes()).containsExactly("note 3", "note 2", "note 1");
        rows.execute("update backfleet.job_note set at = at - interval '1 minute'");
        assertThat(status(job).findings().notes()).containsExactly("note 3", "note 2");
        rows.execute("update backfleet.shard set last_batch_at = now() - interval '11 seconds' where number = 5");
        assertThat(status(job).findings().notes())
                .containsExactly("note 3", "note 2", "note 1", "1 more shards have not advanced either");
    }

    @Test
    void of_many_shards_that_do_not_advance_the_last_three_are_told_and_the_others_counted() {
        var job = rows.job("names", "RUNNING");
        for (var number = 1; number <= 9; number++) {
            rows.shard(job, number, "w-1", 0, 0);
            rows.execute(
                    "insert into backfleet.job_note (job_id, topic, at, note) values (?, ?, clock_timestamp(), ?)",
                    job,
                    "tries of shard " + number,
                    "note " + number);
        }
        assertThat(status(job).findings().notes())
                .containsExactly("note 7", "note 8", "note 9", "6 more shards have not advanced either");
    }
}
