package dev.backfleet.benchmark.live;

/** The phase to which a transaction of the application belongs, by its scheduled time. */
public enum Phase {
    /** For nothing: things are being made ready. */
    BETWEEN,
    /** No backfill runs. */
    ALONE,
    /** For what it is beside the backfill. */
    BESIDE
}
