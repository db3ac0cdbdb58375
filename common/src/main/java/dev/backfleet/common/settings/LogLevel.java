package dev.backfleet.common.settings;

/** The least level that is logged. */
public enum LogLevel {
    /** Somebody must act. */
    ERROR,
    /** Somebody should look. */
    WARN,
    /** What happens. */
    INFO,
    /** Why it happens. */
    DEBUG,
    /** Every step. */
    TRACE
}
