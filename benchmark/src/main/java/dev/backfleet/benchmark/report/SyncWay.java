package dev.backfleet.benchmark.report;

/** How the application's writes are kept in step. */
public enum SyncWay {
    /** They are not: no trigger. */
    NONE("none"),
    ONE_WAY("one-way, leave"),
    TWO_WAY("two-way, leave"),
    RAISE("two-way, raise");

    private final String text;

    SyncWay(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
