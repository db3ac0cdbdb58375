package dev.backfleet.common.metric;

import static dev.backfleet.common.metric.MetricSource.COORDINATOR;
import static dev.backfleet.common.metric.MetricSource.EACH;
import static dev.backfleet.common.metric.MetricSource.LEADER;
import static dev.backfleet.common.metric.MetricSource.WORKER;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All metrics of Backfleet's own, each written as {@code type name{labels} in unit}. Names follow Prometheus' rules; the label of a job
 * is {@code backfill}, since {@code job} and {@code instance} are Prometheus' own. No label is unbounded ({@link BoundedLabel}), and none
 * names a tenant, a shard or a key.
 */
public enum Metric {
    BUILD_INFO(
            EACH,
            "gauge build_info{version}",
            "Always 1; the release is in the label. Two releases for long: an upgrade has stopped half-way"),
    CONTROL_LAG(
            EACH,
            "gauge control_lag_seconds in seconds",
            "Time since it was last known that the control topic was read to its end. About 1 is normal; at `BACKFLEET_CONTROL_SILENCE` a worker stops"),
    RECORDS_SKIPPED(
            EACH,
            "counter records_skipped_total{topic,reason} in records",
            "Records that could not be decoded. If it grows, another program writes to the topic, or a later release does"),
    ROWS_CHANGED(WORKER, "counter rows_changed_total{backfill} in rows", "Rows that this worker has changed"),
    ROWS_WALKED(
            WORKER,
            "counter rows_walked_total{backfill} in rows",
            "Rows that this worker has scanned. Far more than changed: most rows did not need the change"),
    ROWS_QUARANTINED(
            WORKER,
            "counter rows_quarantined_total{backfill,code} in rows",
            "Rows that PostgreSQL has rejected, by SQLSTATE. If it grows: `backfleet quarantine JOB`"),
    BATCH_SECONDS(
            WORKER,
            "histogram batch_seconds{backfill} in seconds",
            "Duration of committed batches. Much above the spec's `batch.duration`: the database is slow, or rows are locked"),
    BATCH_ROWS(
            WORKER,
            "summary batch_rows{backfill} in rows",
            "Rows that a committed batch has scanned. Small batches at a usual duration: each row is expensive"),
    FAILURES(
            WORKER,
            "counter failures_total{kind,code} in statements",
            "Failed statements of batches and claims, by how they are handled and by SQLSTATE. Retries of 55P03 and 40001 are normal beside other writers"),
    FENCED(
            WORKER,
            "counter fenced_total in batches",
            "Batches that changed nothing because the worker had lost its lease. Expected at a pause; if it grows otherwise, workers freeze or lose the network for longer than the lease"),
    LEASES_LOST(
            WORKER,
            "counter leases_lost_total in shards",
            "Shards that were given up because another claim, a pause or the reaper had taken them"),
    OLDEST_BATCH(
            WORKER,
            "gauge oldest_batch_seconds in seconds",
            "Age of the oldest batch under way; 0 if there is none. It must stay below `backfleet_batch_limit_seconds`, except for a slow row that is tried alone"),
    BATCH_LIMIT(
            WORKER,
            "gauge batch_limit_seconds in seconds",
            "How long a batch of several rows may take at most: 0.8 of the server's `deadlock_timeout`"),
    SLOTS(WORKER, "gauge slots in slots", "Shards that the worker can work on at once"),
    SLOTS_BUSY(
            WORKER,
            "gauge slots_busy in slots",
            "Shards that it works on now. All busy for long: more workers make jobs faster, unless a limit or the throttle holds them"),
    TASK_WAIT(
            WORKER,
            "histogram task_wait_seconds in seconds",
            "From the dispatch of a shard to its claim. Seconds: Kafka is slow, or workers do not poll"),
    SLICE(
            WORKER,
            "histogram slice_seconds in seconds",
            "From the claim of a shard until it is done or given back; about `BACKFLEET_WORKER_SLICE` for large shards"),
    HEARTBEAT_AGE(
            WORKER,
            "gauge heartbeat_age_seconds in seconds",
            "Time since the last heartbeat of a leading coordinator was read. At `BACKFLEET_COORDINATOR_SILENCE` the worker stops"),
    TASKS_TAKEN(
            WORKER,
            "counter tasks_taken_total in tasks",
            "Tasks read from Kafka; more than shards claimed are normal after a redispatch"),
    ACKNOWLEDGEMENTS_FAILED(
            WORKER,
            "counter tasks_acknowledgements_failed_total in tasks",
            "Tasks whose acknowledgement failed: they come again, and their claim fails. Harmless; if it grows, Kafka is in trouble"),
    QUEUE_FAILURES(
            WORKER,
            "counter tasks_queue_failures_total in failures",
            "How often the consumer of tasks was closed and opened again after a failure"),
    EVENTS_DROPPED(
            WORKER,
            "counter events_dropped_total in events",
            "Reports that could not be sent at once. Nothing depends on them; the next dispatch may come a tick later"),
    LEADER_NOW(COORDINATOR, "gauge leader", "1 if this coordinator leads, otherwise 0. The sum over all is 1"),
    LEADER_EPOCH(
            COORDINATOR,
            "gauge leader_epoch",
            "The epoch under which it leads; 0 on standby. If it grows often, coordinators lose their lease: a slow database, or a frozen process"),
    DUTY_SECONDS(
            COORDINATOR,
            "histogram duty_seconds{duty} in seconds",
            "Duration of each run of a duty, failed ones included"),
    DUTY_FAILURES(
            COORDINATOR,
            "counter duty_failures_total{duty} in runs",
            "Runs of a duty that failed. If it grows, see the coordinator's log; a failure that concerns one job is in that job's status instead"),
    WEBHOOK_DELIVERIES(
            COORDINATOR,
            "counter webhook_deliveries_total{endpoint,outcome} in messages",
            "Attempts to send a message to a webhook: `delivered`, `failed` (it is sent again), `given-up` (not by itself)"),
    WEBHOOKS_REJECTED(COORDINATOR, "counter webhook_files_rejected_total in files", "New files with errors"),
    OUTBOX_PENDING(LEADER, "gauge outbox_pending{channel} in events", "What waits for Kafka (`kafka`), for `webhooks`"),
    WEBHOOK_FAILING(
            LEADER,
            "gauge webhook_failing_seconds{endpoint} in seconds",
            "Time since the first failure of a webhook after its last success; 0 if the last message was delivered"),
    FLEET_PAUSED(LEADER, "gauge fleet_paused", "1 if the whole fleet is paused"),
    WORKERS(
            LEADER,
            "gauge workers{state} in workers",
            "Registered workers: `accepting` tasks, `not-accepting` (alive, but stopping, cut off or paused), `lost` (no heartbeat for 5 s)"),
    FLEET_SLOTS(LEADER, "gauge fleet_slots in slots", "Slots of the workers that accept tasks"),
    RUNNABLE_TASKS(
            LEADER,
            "gauge runnable_tasks in slots",
            "Slots that jobs could use now: what to scale workers on. 0 while everything is paused, outside of its window, or suspended"),
    JOB_STATE(LEADER, "gauge job_state{backfill,state}", "1 for the job's state, 0 for the others"),
    JOB_WAITING(
            LEADER,
            "gauge job_waiting{backfill,for}",
            "1 if the job waits: for its `window`, the next `wave`, a `worker`, a `slot`, a `person` (paused, halted), the end of `trouble` for which it paused itself, its `repair` by a person, or the `database`"),
    JOB_ROWS_WALKED(
            LEADER,
            "counter job_rows_walked_total{backfill} in rows",
            "Rows scanned by all workers together, as PostgreSQL has stored it"),
    JOB_ROWS_CHANGED(
            LEADER,
            "counter job_rows_changed_total{backfill} in rows",
            "Rows changed by all workers together, as PostgreSQL has stored it"),
    JOB_ROWS_ESTIMATED(
            LEADER,
            "gauge job_rows_estimated{backfill} in rows",
            "Estimate of the rows to scan; absent until the job is planned"),
    JOB_ROWS_QUARANTINED(LEADER, "gauge job_rows_quarantined{backfill} in rows", "Rows in quarantine"),
    JOB_ERROR_BUDGET_USED(
            LEADER,
            "gauge job_error_budget_used_ratio{backfill} in ratio",
            "Rows in quarantine by the most that the spec allows; above 1 the job halts"),
    JOB_PROGRESS(
            LEADER,
            "gauge job_progress_ratio{backfill} in ratio",
            "Share of the rows that are scanned; below 1 until the job has SUCCEEDED"),
    JOB_ETA(
            LEADER,
            "gauge job_eta_seconds{backfill,bound} in seconds",
            "Remaining time, if the last hour is typical: the `mid` value, and the bounds within which it probably is; absent if it is not known"),
    JOB_SPEED(
            LEADER,
            "gauge job_rows_per_second{backfill} in rows per second",
            "Rows changed per second over about ten seconds; absent if it is not measured"),
    JOB_RATE_LIMIT(
            LEADER,
            "gauge job_rate_limit_rows_per_second{backfill} in rows per second",
            "The job's rate limit; absent if it has none"),
    JOB_THROTTLE_FACTOR(
            LEADER,
            "gauge job_throttle_factor{backfill} in ratio",
            "How much of its speed the throttle leaves to the job: 1 all, 0 suspends it"),
    JOB_TIME(
            LEADER,
            "counter job_time_seconds_total{backfill,cause} in seconds",
            "Where the job's time went; the causes are those of `backfleet status`"),
    JOB_THROTTLE_COST(
            LEADER,
            "counter job_throttle_cost_seconds_total{backfill,signal} in seconds",
            "Seconds of work at full speed that a signal has cost"),
    JOB_SHARDS(LEADER, "gauge job_shards{backfill,state} in shards", "Shards by state"),
    JOB_LAST_BATCH(
            LEADER,
            "gauge job_last_batch_timestamp_seconds{backfill} in seconds since 1970",
            "When the last batch was committed, by the database's clock"),
    SIGNAL_UTILISATION(
            LEADER,
            "gauge signal_utilisation_ratio{signal} in ratio",
            "The signal by its soft threshold, at most 4. Above 1 jobs are throttled"),
    SIGNAL_LEVEL(
            LEADER,
            "gauge signal_level{signal}",
            "0 calm, 1 above the soft threshold, 2 at the hard one. Of signals that are read for each job, the worst"),
    SIGNAL_READABLE(
            LEADER,
            "gauge signal_readable{signal}",
            "0 if the signal cannot be read; it then counts as above its soft threshold, and after 15 s as above the hard one"),
    SIGNAL_SECONDS(LEADER, "gauge signal_seconds{signal} in seconds", "Value of a signal that is a duration"),
    SIGNAL_BYTES(LEADER, "gauge signal_bytes{signal} in bytes", "Value of a signal that is an amount"),
    SIGNAL_RATE(
            LEADER, "gauge signal_bytes_per_second{signal} in bytes per second", "Value of a signal that is a rate"),
    SIGNAL_RATIO(LEADER, "gauge signal_ratio{signal} in ratio", "Value of a signal that is a share; 0.8 is 80 %"),
    SIGNAL_COUNT(LEADER, "gauge signal_count{signal}", "Value of a signal that is a number"),
    AUDIT_CHAIN_OK(
            LEADER,
            "gauge audit_chain_ok",
            "1 if the last look at the audit's chain, each hour, found nothing changed, deleted or inserted; 0: `backfleet audit --verify` says what"),
    RECONCILE_ROWS(
            LEADER,
            "gauge reconcile_rows{backfill,verdict} in rows",
            "Rows that the last pass of a reconcile of the job has found wrong: `missing`, `different`, or `failed` to be compared"),
    RECONCILE_AGE(
            LEADER,
            "gauge reconcile_age_seconds{backfill} in seconds",
            "Time since the last pass of a reconcile of the job has ended");

    private final MetricSource source;
    private final MetricType type;
    private final String name;
    private final String labels;
    private final String unit;
    private final String tells;

    Metric(MetricSource source, String written, String tells) {
        this.source = source;
        var parts = WrittenMetric.parse(written);
        this.type = parts.type();
        this.name = parts.name();
        this.labels = parts.labels();
        this.unit = parts.unit();
        this.tells = tells;
    }

    /** Which processes publish it. */
    public MetricSource source() {
        return source;
    }

    public MetricType type() {
        return type;
    }

    /** Its name as Prometheus sees it. */
    public String exposedName() {
        return name;
    }

    /** Its name in the registry, which adds the suffix of its type. */
    public String meter() {
        return name.substring(0, name.length() - type.suffix().length());
    }

    /** The names of its labels. */
    public List<String> labels() {
        return labels.isEmpty() ? List.of() : Stream.of(labels.split(",")).toList();
    }

    /** The unit in words; empty if it has none. */
    public String unit() {
        return unit;
    }

    /** What an operator concludes from it, in Markdown without a period. */
    public String tells() {
        return tells;
    }

    /** The counter with these values of its labels, in their order. */
    public Counter counter(MeterRegistry registry, String... values) {
        return Meters.counter(this, registry, values);
    }

    /** The histogram with these values of its labels, in their order. */
    public Timer timer(MeterRegistry registry, String... values) {
        return Meters.timer(this, registry, values);
    }

    /** The summary with these values of its labels, in their order. */
    public DistributionSummary summary(MeterRegistry registry, String... values) {
        return Meters.summary(this, registry, values);
    }

    /** Publishes a value that is read at each scrape; it must be at hand. */
    public void gauge(MeterRegistry registry, Supplier<Number> value) {
        Meters.gauge(this, registry, value);
    }

    /** Publishes a duration, as {@link #gauge}. */
    public void seconds(MeterRegistry registry, Supplier<Duration> value) {
        Meters.gauge(this, registry, () -> value.get().toMillis() / 1000.0);
    }
}
