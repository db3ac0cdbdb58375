package dev.backfleet.common.settings;

/** What log lines look like. */
public enum LogFormat {
    /** One line for a person. */
    PLAIN,
    /** One JSON object per line. */
    JSON
}
