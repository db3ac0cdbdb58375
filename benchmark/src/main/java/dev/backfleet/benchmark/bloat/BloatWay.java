package dev.backfleet.benchmark.bloat;

/** A way to change every row of the table. */
public enum BloatWay {
    ONE_UPDATE("one UPDATE"),
    RANGE_LOOPS("2 loops in key order, 1,000 rows each"),
    ONE_PASS("Backfleet, passes: 1"),
    AUTO("Backfleet, passes: auto");

    private final String words;

    BloatWay(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
