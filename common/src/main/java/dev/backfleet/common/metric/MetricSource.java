package dev.backfleet.common.metric;

/** Which processes publish a metric. */
public enum MetricSource {
    EACH("each process"),
    WORKER("worker"),
    COORDINATOR("coordinator"),
    /** Read from PostgreSQL; absent as soon as the coordinator does not lead. */
    LEADER("leading coordinator");

    private final String words;

    MetricSource(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
