package dev.backfleet.common.metric;

/** Metrics of the throttle's signals, read by the leading coordinator. */
public enum SignalMetric implements Metric {
    UTILISATION(
            "gauge signal_utilisation_ratio{signal} in ratio",
            "The signal by its soft threshold, at most 4. Above 1 jobs are throttled"),
    LEVEL(
            "gauge signal_level{signal}",
            "0 calm, 1 above the soft threshold, 2 at the hard one. Of signals that are read for each job, the worst"),
    READABLE(
            "gauge signal_readable{signal}",
            "0 if the signal cannot be read; it then counts as above its soft threshold, and after 15 s as above the hard one"),
    SECONDS("gauge signal_seconds{signal} in seconds", "Value of a signal that is a duration"),
    BYTES("gauge signal_bytes{signal} in bytes", "Value of a signal that is an amount"),
    RATE("gauge signal_bytes_per_second{signal} in bytes per second", "Value of a signal that is a rate"),
    RATIO("gauge signal_ratio{signal} in ratio", "Value of a signal that is a share; 0.8 is 80 %"),
    COUNT("gauge signal_count{signal}", "Value of a signal that is a number");

    private final String written;
    private final String tells;

    SignalMetric(String written, String tells) {
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
