package dev.backfleet.benchmark.bloat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way to change every row of the table. */
public enum BloatWay {
    ONE_UPDATE("one UPDATE", null),
    RANGE_LOOPS("2 loops in key order, 1,000 rows each", null),
    ONE_PASS("Backfleet, passes: 1", "1"),
    EIGHT_PASSES("Backfleet, passes: 8", "8"),
    SIXTEEN_PASSES("Backfleet, passes: 16", "16"),
    AUTO("Backfleet, passes: auto", "auto");

    /** What is compared, unless something else is asked for. */
    public static final List<BloatWay> COMPARED = List.of(ONE_UPDATE, RANGE_LOOPS, ONE_PASS, AUTO);

    private final String words;
    private final @Nullable String passes;

    BloatWay(String words, @Nullable String passes) {
        this.words = words;
        this.passes = passes;
    }

    public String words() {
        return words;
    }

    /** The passes, as a spec says them; null if no fleet does it. */
    public @Nullable String passes() {
        return passes;
    }
}
