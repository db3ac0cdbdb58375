package dev.backfleet.common.throttle;

import java.util.Locale;

/**
 * A measurement of the database's health, with default thresholds and a description. The keys and pages of settings and
 * spec are generated from it.
 */
public enum Signal {
    REPLICATION_LAG(Measure.DURATION, "10s/1m", "Replay lag of the slowest standby."),
    REPLICATION_LAG_BYTES(
            Measure.BYTES, "256MB/2GB", "Amount of write-ahead log that the slowest standby has not replayed yet."),
    SLOT_WAL(Measure.BYTES, "4GB/16GB", "How much write-ahead log a replication slot retains."),
    BLOCKED_SESSIONS(Measure.NUMBER, "4/20", "How many sessions wait for a lock that a batch holds."),
    BLOCKED_TIME(Measure.DURATION, "500ms/2s", "How long a session has been waiting for a lock that a batch holds."),
    LOCK_QUEUE(
            Measure.DURATION,
            "200ms/600ms",
            "How long a lock that conflicts with batches, such as that of ALTER TABLE, has been held or waited for."),
    WAL_RATE(Measure.BYTES_PER_SECOND, "512MB/2GB", "How much write-ahead log the server writes per second."),
    OLDEST_TRANSACTION(Measure.DURATION, "1h/12h", "How long the oldest transaction has been open."),
    OLDEST_XMIN(
            Measure.NUMBER,
            "10000000/100000000",
            "Age, in transactions, of the oldest xmin horizon that holds back vacuum."),
    DEAD_TUPLES(Measure.PERCENT, "150%/500%", "Dead rows of the table, in percent of its live ones."),
    AUTOVACUUM(Measure.NUMBER, "2/none", "How many autovacuum workers are on the table and its partitions."),
    CONNECTIONS(Measure.PERCENT, "80%/95%", "Connections in use, in percent of the server's `max_connections`."),
    CHECKPOINTS(
            Measure.NUMBER,
            "20/none",
            "Requested checkpoints within the last minute, usually caused by the volume of write-ahead log."),
    PROBE_LATENCY(
            Measure.DURATION,
            "150ms/1s",
            "How long a small query takes: the spec's, or one that reads a row of the table."),
    APPLICATION_LATENCY(
            Measure.DURATION,
            "100ms/none",
            "Mean duration of the application's statements, if pg_stat_statements is installed."),
    ROLLBACK_RATIO(
            Measure.PERCENT,
            "none",
            "Transactions of the database that were rolled back within the last seconds, in percent of those that were committed; "
                    + "Backfleet's own are among them.");

    private final Measure measure;
    private final String defaults;
    private final String sentence;

    Signal(Measure measure, String defaults, String sentence) {
        this.measure = measure;
        this.defaults = defaults;
        this.sentence = sentence;
    }

    /** Its name for people: {@code replication-lag}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Measure measure() {
        return measure;
    }

    /** The default thresholds, as they are written. */
    public String defaults() {
        return defaults;
    }

    public String sentence() {
        return sentence;
    }
}
