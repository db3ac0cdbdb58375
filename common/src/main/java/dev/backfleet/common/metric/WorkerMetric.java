package dev.backfleet.common.metric;

/** Metrics of the work of one worker, which it counts itself. */
public enum WorkerMetric implements Metric {
    ROWS_CHANGED("counter rows_changed_total{backfill} in rows", "Rows that this worker has changed"),
    ROWS_WALKED(
            "counter rows_walked_total{backfill} in rows",
            "Rows that this worker has scanned. Far more than changed: most rows did not need the change"),
    ROWS_QUARANTINED(
            "counter rows_quarantined_total{backfill,code} in rows",
            "Rows that PostgreSQL has rejected, by SQLSTATE. If it grows: `backfleet quarantine JOB`"),
    BATCH_SECONDS(
            "histogram batch_seconds{backfill} in seconds",
            "Duration of committed batches. Much above the spec's `batch.duration`: the database is slow, or rows are locked"),
    BATCH_ROWS(
            "summary batch_rows{backfill} in rows",
            "Rows that a committed batch has scanned. Small batches at a usual duration: each row is expensive"),
    FAILURES(
            "counter failures_total{kind,code} in statements",
            "Failed statements of batches and claims, by how they are handled and by SQLSTATE. Retries of 55P03 and 40001 are normal beside other writers"),
    FENCED(
            "counter fenced_total in batches",
            "Batches that changed nothing because the worker had lost its lease. Expected at a pause; if it grows otherwise, workers freeze or lose the network for longer than the lease"),
    LEASES_LOST(
            "counter leases_lost_total in shards",
            "Shards that were given up because another claim, a pause or the reaper had taken them"),
    OLDEST_BATCH(
            "gauge oldest_batch_seconds in seconds",
            "Age of the oldest batch under way; 0 if there is none. It must stay below `backfleet_batch_limit_seconds`, except for a slow row that is tried alone"),
    BATCH_LIMIT(
            "gauge batch_limit_seconds in seconds",
            "How long a batch of several rows may take at most: 0.8 of the server's `deadlock_timeout`"),
    SLOTS("gauge slots in slots", "Shards that the worker can work on at once"),
    SLOTS_BUSY(
            "gauge slots_busy in slots",
            "Shards that it works on now. All busy for long: more workers make jobs faster, unless a limit or the throttle holds them"),
    TASK_WAIT(
            "histogram task_wait_seconds in seconds",
            "From the dispatch of a shard to its claim. Seconds: Kafka is slow, or workers do not poll"),
    SLICE(
            "histogram slice_seconds in seconds",
            "From the claim of a shard until it is done or given back; about `BACKFLEET_WORKER_SLICE` for large shards"),
    HEARTBEAT_AGE(
            "gauge heartbeat_age_seconds in seconds",
            "Time since the last heartbeat of a leading coordinator was read. At `BACKFLEET_COORDINATOR_SILENCE` the worker stops"),
    TASKS_TAKEN(
            "counter tasks_taken_total in tasks",
            "Tasks read from Kafka; more than shards claimed are normal after a redispatch"),
    ACKNOWLEDGEMENTS_FAILED(
            "counter tasks_acknowledgements_failed_total in tasks",
            "Tasks whose acknowledgement failed: they come again, and their claim fails. Harmless; if it grows, Kafka is in trouble"),
    QUEUE_FAILURES(
            "counter tasks_queue_failures_total in failures",
            "How often the consumer of tasks was closed and opened again after a failure"),
    EVENTS_DROPPED(
            "counter events_dropped_total in events",
            "Reports that could not be sent at once. Nothing depends on them; the next dispatch may come a tick later");

    private final String written;
    private final String tells;

    WorkerMetric(String written, String tells) {
        this.written = written;
        this.tells = tells;
    }

    @Override
    public MetricSource source() {
        return MetricSource.WORKER;
    }

    @Override
    public WrittenMetric written() {
        return WrittenMetric.of(written);
    }

    @Override
    public String tells() {
        return tells;
    }
}
