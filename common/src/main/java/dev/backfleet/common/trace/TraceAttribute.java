package dev.backfleet.common.trace;

/**
 * All names of attributes of spans and their events. Those of {@code messaging.} are of OpenTelemetry's semantic conventions 1.37, which are
 * not stable yet: this is the only place to change.
 */
public enum TraceAttribute {
    MESSAGING_SYSTEM("messaging.system"),
    MESSAGING_OPERATION("messaging.operation.name"),
    MESSAGING_OPERATION_TYPE("messaging.operation.type"),
    MESSAGING_DESTINATION("messaging.destination.name"),
    MESSAGING_COUNT("messaging.batch.message_count"),
    ERROR_TYPE("error.type"),
    JOB("backfleet.job.id"),
    JOB_NAME("backfleet.job.name"),
    JOB_STATE("backfleet.job.state"),
    SHARD("backfleet.shard"),
    EPOCH("backfleet.epoch"),
    SHARDS("backfleet.shards"),
    ROWS("backfleet.rows"),
    CHANGED("backfleet.changed"),
    BATCHES("backfleet.batches"),
    RETRIES("backfleet.retries"),
    MILLIS("backfleet.millis"),
    OUTCOME("backfleet.outcome");

    private final String text;

    TraceAttribute(String text) {
        this.text = text;
    }

    /** Its name. */
    public String text() {
        return text;
    }
}
