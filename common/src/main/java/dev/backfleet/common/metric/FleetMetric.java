package dev.backfleet.common.metric;

/** Metrics of the fleet as a whole, read from PostgreSQL by the leading coordinator. */
public enum FleetMetric implements Metric {
    OUTBOX_PENDING("gauge outbox_pending{channel} in events", "What waits for Kafka (`kafka`), for `webhooks`"),
    WEBHOOK_FAILING(
            "gauge webhook_failing_seconds{endpoint} in seconds",
            "Time since the first failure of a webhook after its last success; 0 if the last message was delivered"),
    WEBHOOKS_REJECTED(
            "gauge webhooks_rejected",
            "1 if the file of webhooks was changed and has a mistake, so that the webhooks of the file before stay, otherwise 0"),
    FLEET_PAUSED("gauge fleet_paused", "1 if the whole fleet is paused"),
    WORKERS(
            "gauge workers{state} in workers",
            "Registered workers: `accepting` tasks, `not-accepting` (alive, but stopping, cut off or paused), `lost` (no heartbeat for 5 s)"),
    FLEET_SLOTS("gauge fleet_slots in slots", "Slots of the workers that accept tasks"),
    RUNNABLE_TASKS(
            "gauge runnable_tasks in slots",
            "Slots that jobs could use now: what to scale workers on. 0 while everything is paused, outside of its window, or suspended"),
    AUDIT_CHAIN_OK(
            "gauge audit_chain_ok",
            "1 if the last look at the audit's chain, each hour, found nothing changed, deleted or inserted; 0: `backfleet audit --verify` says what");

    private final String written;
    private final String tells;

    FleetMetric(String written, String tells) {
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
