package dev.backfleet.common.job;

import java.util.List;

/**
 * In how many passes a job walks over each of its shards. A pass takes the rows of one class; the class of a row follows from its key
 * alone, so that a row is in the same one wherever it lies.
 *
 * @param passes how many passes it makes, from 1
 * @param hashes for each column of the key, an SQL expression that makes a bigint of its value, {@code $1}, and of the number of passes,
 *     {@code $2}; empty of a walk in one pass
 */
public record Walk(int passes, List<String> hashes) {
    /** The most passes. */
    public static final int MOST = 32;

    /** In one pass, over all rows in the order of the key. */
    public static final Walk ONCE = new Walk(1, List.of());

    public Walk {
        hashes = List.copyOf(hashes);
        if (passes < 1 || passes > MOST || (passes > 1) == hashes.isEmpty()) {
            throw new IllegalArgumentException("no walk of " + passes + " passes with " + hashes.size() + " hashes");
        }
    }

    /** Whether it makes more than one pass. */
    public boolean inPasses() {
        return passes > 1;
    }
}
