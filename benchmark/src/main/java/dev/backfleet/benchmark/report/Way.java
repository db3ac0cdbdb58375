package dev.backfleet.benchmark.report;

import java.util.Locale;

/** A way to change every row of a table. */
public enum Way {
    /** A single UPDATE, the simplest way. */
    ONE_UPDATE("one UPDATE"),
    /** The common loop over small batches; each batch reads all finished rows again. */
    NULL_LOOP("loop: LIMIT 5000, SKIP LOCKED, IS NULL"),
    /** Two sessions in the server, each scanning half of the keys, without client and checkpoint: the upper bound. */
    RANGE_LOOPS("2 loops in the server over key ranges"),
    /** Backfleet with two workers of one slot. */
    TWO_WORKERS("Backfleet, 2 workers x 1 slot"),
    /** Backfleet with one worker of two slots. */
    TWO_SLOTS("Backfleet, 1 worker x 2 slots");

    private final String words;

    Way(String words) {
        this.words = words;
    }

    /** The name in tables. */
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
