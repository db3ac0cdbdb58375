package dev.backfleet.standalone.demo.migration;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the application has done, and what has happened to it. Thread-safe. */
public final class Traffic {
    private static final int MOST_MESSAGES = 3;

    private final Set<String> messages = new LinkedHashSet<>();
    private long reads;
    private long writes;
    private long errors;
    private long wrongReads;
    private Duration longest = Duration.ZERO;

    synchronized void read(Duration took) {
        reads++;
        longest = longer(longest, took);
    }

    /** A read of the release that is slow by mistake, which is not held up by anybody else. */
    synchronized void slowRead() {
        reads++;
    }

    synchronized void wrote(Duration took) {
        writes++;
        longest = longer(longest, took);
    }

    synchronized void failed(String message) {
        errors++;
        remember(message);
    }

    synchronized void wrong(String message) {
        wrongReads++;
        remember(message);
    }

    /** What happened until now. */
    synchronized Totals totals() {
        return new Totals(reads, writes, errors, wrongReads, longest, Set.copyOf(messages));
    }

    /** Forgets the longest statement: a new part of the demo begins. */
    synchronized void startOver() {
        longest = Duration.ZERO;
    }

    private void remember(String message) {
        if (messages.size() < MOST_MESSAGES) {
            messages.add(message);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /**
     * What the application has done.
     *
     * @param reads customers read
     * @param writes customers written, added and removed
     * @param errors statements that failed
     * @param wrongReads reads that did not give what was written last
     * @param longest the longest statement since the last call of {@link #startOver}
     * @param messages the first messages of errors and wrong reads
     */
    public record Totals(
            long reads, long writes, long errors, long wrongReads, Duration longest, Set<String> messages) {}
}
