package dev.backfleet.common.metric;

/** Metrics that each process publishes. */
public enum ProcessMetric implements Metric {
    BUILD_INFO(
            "gauge build_info{version,revision}",
            "Always 1; the release is in the label, with the commit that it was built from (`unknown` in a build that is no archive and no image). Two releases for long: an upgrade has stopped half-way"),
    CONTROL_LAG(
            "gauge control_lag_seconds in seconds",
            "Time since it was last known that the control topic was read to its end. About 1 is normal; at `BACKFLEET_CONTROL_SILENCE` a worker stops"),
    RECORDS_SKIPPED(
            "counter records_skipped_total{topic,reason} in records",
            "Records that could not be decoded. If it grows, another program writes to the topic, or a later release does");

    private final String written;
    private final String tells;

    ProcessMetric(String written, String tells) {
        this.written = written;
        this.tells = tells;
    }

    @Override
    public MetricSource source() {
        return MetricSource.EACH;
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
