package dev.backfleet.common.metric;

/** Metrics that a coordinator counts itself, and so begin at zero when it starts. */
public enum CoordinatorMetric implements Metric {
    LEADER_NOW("gauge leader", "1 if this coordinator leads, otherwise 0. The sum over all is 1"),
    LEADER_EPOCH(
            "gauge leader_epoch",
            "The epoch under which it leads; 0 on standby. If it grows often, coordinators lose their lease: a slow database, or a frozen process"),
    DUTY_SECONDS("histogram duty_seconds{duty} in seconds", "Duration of each run of a duty, failed ones included"),
    DUTY_FAILURES(
            "counter duty_failures_total{duty} in runs",
            "Runs of a duty that failed. If it grows, see the coordinator's log; a failure that concerns one job is in that job's status instead"),
    PAUSE_QUIET(
            "histogram pause_quiet_seconds{scope} in seconds",
            "From the moment at which a pause is stored until PostgreSQL has confirmed that no more rows change: of a `job`, or of the whole `fleet`. Each pause is counted once, by the coordinator that leads when it is confirmed. A tenant's pause is in effect when it is stored, and is not counted"),
    WEBHOOK_DELIVERIES(
            "counter webhook_deliveries_total{endpoint,outcome} in messages",
            "Attempts to send a message to a webhook: `delivered`, `failed` (it is sent again), `given-up` (not by itself)"),
    WEBHOOKS_REJECTED("counter webhook_files_rejected_total in files", "New files with errors");

    private final String written;
    private final String tells;

    CoordinatorMetric(String written, String tells) {
        this.written = written;
        this.tells = tells;
    }

    @Override
    public MetricSource source() {
        return MetricSource.COORDINATOR;
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
