package dev.backfleet.benchmark.report;

/** How the definition of a table is changed beside an application. */
public enum MigrationWay {
    /** As 'migration apply' does: it looks first, asks briefly, and builds concurrently. */
    APPLY,
    /** Each statement plainly, without a limit of time. */
    PLAIN;

    /** For people. */
    public String words() {
        return this == APPLY ? "migration apply" : "plain ALTER TABLE, CREATE INDEX";
    }
}
