package dev.backfleet.common.settings;

/** The least level that is logged. */
public enum LogLevel {
    /** A person must act. */
    ERROR,
    /** A person should check. */
    WARN,
    /** Important events. */
    INFO,
    /** Details and reasons. */
    DEBUG,
    /** Every step. */
    TRACE
}
