package dev.backfleet.coordinator.migration.watch;

/** What a signal says of a cutover. */
public enum SignalLevel {
    /** Nothing against it. */
    CALM,
    /** Above the soft threshold: no step is taken. */
    SOFT,
    /** At the hard threshold: in two looks in a row, all reads are taken back. */
    HARD,
    /** It cannot be read, or there is no baseline to compare it with: no step is taken, and nothing is taken back. */
    UNREADABLE
}
