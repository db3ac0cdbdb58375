package dev.backfleet.benchmark.report;

import java.util.Locale;

/** A way to change every row of a table. */
public enum Way {
    /** What everybody tries first. */
    ONE_UPDATE("one UPDATE"),
    /** What everybody writes next; it looks at all that it has finished again with each batch. */
    NULL_LOOP("loop: LIMIT 5000, SKIP LOCKED, IS NULL"),
    /** Two sessions in the server, each walking half of the keys: no client, no checkpoint, as good as it gets. */
    RANGE_LOOPS("2 loops in the server over key ranges"),
    /** Backfleet with two workers of one slot. */
    TWO_WORKERS("Backfleet, 2 workers x 1 slot"),
    /** Backfleet with one worker of two slots. */
    TWO_SLOTS("Backfleet, 1 worker x 2 slots");

    private final String words;

    Way(String words) {
        this.words = words;
    }

    /** What it is called in tables. */
    public String words() {
        return words;
    }

    /** What jobs and workers that belong to it are called. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is Backfleet. */
    public boolean isBackfleet() {
        return this == TWO_WORKERS || this == TWO_SLOTS;
    }
}
