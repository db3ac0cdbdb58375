package dev.backfleet.benchmark.live;

/** What a transaction of the application counts for, by when it was due. */
public enum Phase {
    /** For nothing: things are being made ready. */
    BETWEEN,
    /** For what the application is when nobody changes rows. */
    ALONE,
    /** For what it is beside the backfill. */
    BESIDE
}
