package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.Walk;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * In how many passes a job walks, and why. The first update of a full page has to leave it; when its transaction is over, the next one of
 * the same page takes its room, if that comes later. So passes win where pages are full, rows lie in the order of the key, and there
 * are indexes that a row that leaves its page gets new entries in.
 *
 * @param walk the walk
 * @param reason why it has so many passes, in words
 */
public record WalkChoice(Walk walk, String reason) {
    /** Fewer rows are changed in a moment, and so is the room that they need. */
    private static final long FEWEST_ROWS = 100_000;

    private static final long FEWEST_BYTES = 16L << 20;

    /** A shard of fewer rows has less than some batches of some hundred rows in each pass. */
    private static final long FEWEST_ROWS_OF_PASS = 1_000;

    /** A page that is filled to this share has room for a new version of each of its rows. */
    private static final int ROOM_FOR_ALL = 50;

    /** Below that, neighbours in the key's order are on different pages, which are met again by chance. */
    private static final double RANDOM = 0.5;

    private static final int PASSES = 8;

    /** With many indexes, what each row costs that leaves its page weighs more than to read a page once more. */
    private static final int MANY_INDEXES = 4;

    private static final int MOST_PASSES = 16;

    /** As a spec says it, or as it suits the table; nothing if the key has no classes for the passes that the spec says. */
    static Optional<WalkChoice> of(OptionalInt wanted, WalkFacts facts, long shardRows) {
        if (wanted.isPresent()) {
            return of(wanted.getAsInt(), facts, "as the spec says");
        }
        return Optional.of(once(facts, shardRows)
                .or(() -> of(passes(facts), facts, indexes(facts) + " beside the key's, and full pages"))
                .orElseGet(() -> new WalkChoice(Walk.ONCE, "a type of the key has no hash function")));
    }

    private static Optional<WalkChoice> of(int passes, WalkFacts facts, String reason) {
        if (passes == 1) {
            return Optional.of(new WalkChoice(Walk.ONCE, reason));
        }
        if (facts.hashes().stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        var hashes = facts.hashes().stream().map(Optional::orElseThrow).toList();
        return Optional.of(new WalkChoice(new Walk(passes, hashes), reason));
    }

    private static Optional<WalkChoice> once(WalkFacts facts, long shardRows) {
        if (facts.furtherIndexes() == 0) {
            return once("the table has no index beside the key's");
        }
        if (facts.indexed() != null) {
            return once(
                    "the index " + facts.indexed() + " contains a column that is set, so that no update can be HOT");
        }
        if (facts.rows() < FEWEST_ROWS || facts.bytes() < FEWEST_BYTES) {
            return once("the table is small");
        }
        if (shardRows < passes(facts) * FEWEST_ROWS_OF_PASS) {
            return once("a shard has few rows");
        }
        if (facts.fillfactor() <= ROOM_FOR_ALL) {
            return once("pages have room, with a fillfactor of " + facts.fillfactor());
        }
        var correlation = facts.correlation();
        if (correlation == null) {
            return once("there are no statistics of the key: analyze the table");
        }
        return Math.abs(correlation) < RANDOM
                ? once("neighbours in the order of the key lie on different pages")
                : Optional.empty();
    }

    private static Optional<WalkChoice> once(String reason) {
        return Optional.of(new WalkChoice(Walk.ONCE, reason));
    }

    private static int passes(WalkFacts facts) {
        return facts.furtherIndexes() >= MANY_INDEXES ? MOST_PASSES : PASSES;
    }

    private static String indexes(WalkFacts facts) {
        return facts.furtherIndexes() == 1 ? "1 index" : facts.furtherIndexes() + " indexes";
    }
}
