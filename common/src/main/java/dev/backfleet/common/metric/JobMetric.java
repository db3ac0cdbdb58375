package dev.backfleet.common.metric;

/** Metrics of single jobs, read from PostgreSQL by the leading coordinator. */
public enum JobMetric implements Metric {
    STATE("gauge job_state{backfill,state}", "1 for the job's state, 0 for the others"),
    WAITING(
            "gauge job_waiting{backfill,for}",
            "1 if the job waits: for its `window`, the next `wave`, a `worker`, a `slot`, a `person` (paused, halted), the end of `trouble` for which it paused itself, its `repair` by a person, or the `database`"),
    ROWS_WALKED(
            "counter job_rows_walked_total{backfill} in rows",
            "Rows scanned by all workers together, as PostgreSQL has stored it"),
    ROWS_CHANGED(
            "counter job_rows_changed_total{backfill} in rows",
            "Rows changed by all workers together, as PostgreSQL has stored it"),
    ROWS_ESTIMATED(
            "gauge job_rows_estimated{backfill} in rows",
            "Estimate of the rows to scan; absent until the job is planned"),
    ROWS_QUARANTINED("gauge job_rows_quarantined{backfill} in rows", "Rows in quarantine"),
    ERROR_BUDGET_USED(
            "gauge job_error_budget_used_ratio{backfill} in ratio",
            "Rows in quarantine by the most that the spec allows; above 1 the job halts"),
    PROGRESS(
            "gauge job_progress_ratio{backfill} in ratio",
            "Share of the rows that are scanned; below 1 until the job has SUCCEEDED"),
    ETA(
            "gauge job_eta_seconds{backfill,bound} in seconds",
            "Remaining time, if the last hour is typical: the `mid` value, and the bounds within which it probably is; absent if it is not known"),
    DEADLINE(
            "gauge job_deadline_timestamp_seconds{backfill} in seconds since 1970",
            "The `deadline` of the job's spec; absent if it has none"),
    SPEED(
            "gauge job_rows_per_second{backfill} in rows per second",
            "Rows changed per second over about ten seconds; absent if it is not measured"),
    RATE_LIMIT(
            "gauge job_rate_limit_rows_per_second{backfill} in rows per second",
            "The job's rate limit; absent if it has none"),
    THROTTLE_FACTOR(
            "gauge job_throttle_factor{backfill} in ratio",
            "How much of its speed the throttle leaves to the job: 1 all, 0 suspends it"),
    TIME(
            "counter job_time_seconds_total{backfill,cause} in seconds",
            "Where the job's time went; the causes are those of `backfleet status`"),
    THROTTLE_COST(
            "counter job_throttle_cost_seconds_total{backfill,signal} in seconds",
            "Seconds of work at full speed that a signal has cost"),
    SHARDS("gauge job_shards{backfill,state} in shards", "Shards by state"),
    LAST_BATCH(
            "gauge job_last_batch_timestamp_seconds{backfill} in seconds since 1970",
            "When the last batch was committed, by the database's clock"),
    RECONCILE_ROWS(
            "gauge reconcile_rows{backfill,verdict} in rows",
            "Rows that the last pass of a reconcile of the job has found wrong: `missing`, `different`, or `failed` to be compared"),
    GATE_SAFE(
            "gauge gate_safe{backfill}",
            "1 if `backfleet gate JOB` would answer SAFE, however old the last reconcile is, otherwise 0; absent if there was none"),
    GATE_AGE(
            "gauge gate_age_seconds{backfill} in seconds",
            "Time since the last reconcile of the job has ended; absent until one has"),
    GATE_INTERVAL(
            "gauge gate_interval_seconds{backfill} in seconds",
            "How often the job is to be reconciled (`backfleet reconcile JOB --every`); absent if that is not repeated");

    private final String written;
    private final String tells;

    JobMetric(String written, String tells) {
        this.written = written;
        this.tells = tells;
    }

    @Override
    public MetricSource source() {
        return MetricSource.LEADER;
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
