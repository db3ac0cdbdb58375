package dev.backfleet.common.throttle;

import java.util.Locale;

/**
 * A sign of the database's health, the thresholds that fit most servers, and what it tells. The settings' and the spec's
 * keys and pages follow from it.
 */
public enum Signal {
    /** The slowest standby's delay. */
    REPLICATION_LAG(Measure.DURATION, "10s/1m", "How long the slowest standby takes to replay what was written."),
    /** The slowest standby's backlog. */
    REPLICATION_LAG_BYTES(
            Measure.BYTES, "256MB/2GB", "How much write-ahead log the slowest standby has yet to replay."),
    /** What replication slots keep. */
    SLOT_WAL(Measure.BYTES, "4GB/16GB", "How much write-ahead log a replication slot retains."),
    /** Who waits for us. */
    BLOCKED_SESSIONS(Measure.NUMBER, "4/20", "How many sessions wait for a lock that a batch holds."),
    /** How long they wait. */
    BLOCKED_TIME(Measure.DURATION, "500ms/2s", "How long a session has been waiting for a lock that a batch holds."),
    /** Who wants the table for himself. */
    LOCK_QUEUE(
            Measure.DURATION,
            "200ms/600ms",
            "How long a lock request that batches are in the way of, such as ALTER TABLE's, has been waiting for the table."),
    /** How much is written. */
    WAL_RATE(Measure.BYTES_PER_SECOND, "512MB/2GB", "How much write-ahead log the server writes per second."),
    /** What vacuum has to wait for, in time. */
    OLDEST_TRANSACTION(Measure.DURATION, "1h/12h", "How long the oldest transaction has been open."),
    /** What vacuum has to wait for, in transactions. */
    OLDEST_XMIN(
            Measure.NUMBER,
            "10000000/100000000",
            "How many transactions ago the oldest row version was dead that vacuum must still keep."),
    /** What vacuum has to do. */
    DEAD_TUPLES(Measure.PERCENT, "150%/500%", "Dead rows of the table, in percent of its live ones."),
    /** What vacuum does. */
    AUTOVACUUM(Measure.NUMBER, "2/none", "How many autovacuum workers are on the table and its partitions."),
    /** Whether others can still connect. */
    CONNECTIONS(Measure.PERCENT, "80%/95%", "Connections in use, in percent of those that the server permits."),
    /** Whether the log's size forces checkpoints. */
    CHECKPOINTS(
            Measure.NUMBER,
            "20/none",
            "Checkpoints within the last minute that were requested, usually by the log's volume."),
    /** How quick a small query is. */
    PROBE_LATENCY(
            Measure.DURATION,
            "150ms/1s",
            "How long a small query takes: the spec's, or one that reads a row of the table."),
    /** How quick the application's statements are. */
    APPLICATION_LATENCY(
            Measure.DURATION,
            "100ms/none",
            "How long the application's statements take on average, where pg_stat_statements is installed.");

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

    /** What it is measured in. */
    public Measure measure() {
        return measure;
    }

    /** The thresholds when nobody sets any, as they would be written. */
    public String defaults() {
        return defaults;
    }

    /** What it tells. */
    public String sentence() {
        return sentence;
    }
}
