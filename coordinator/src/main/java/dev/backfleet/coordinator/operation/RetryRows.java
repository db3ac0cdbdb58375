package dev.backfleet.coordinator.operation;

import dev.backfleet.common.clock.Sleeper;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Retries rows that are in quarantine, one short statement each: it changes the row, counts it, and takes it out of
 * quarantine. Whoever asks for it does it, with or without workers and coordinators; what holds for workers holds here:
 * no row changes while its job, its tenant or the fleet is to stand still, and each is drawn on the job's rate.
 */
public final class RetryRows {

    // A row that the application holds is tried again, later each time.
    private static final int ATTEMPTS = 8;
    private static final Duration TIMEOUT = Duration.ofMillis(50);

    private final Rows rows;
    private final Sleeper sleeper;

    /** Creates the action. */
    public RetryRows(Rows rows, Sleeper sleeper) {
        this.rows = rows;
        this.sleeper = sleeper;
    }

    /**
     * Retries rows until there is none left or none may be changed any more.
     *
     * @param numbers which ones
     * @throws InterruptedException if the thread is interrupted, between two rows
     */
    public Outcome run(Iterable<Long> numbers) throws InterruptedException {
        var counts = new EnumMap<Verdict, Integer>(Verdict.class);
        for (var number : numbers) {
            var verdict = retry(number);
            if (verdict.endsAll) {
                return new Outcome(counts, Optional.of(verdict));
            }
            counts.merge(verdict, 1, Integer::sum);
        }
        return new Outcome(counts, Optional.empty());
    }

    private Verdict retry(long number) throws InterruptedException {
        for (var attempt = 1; ; attempt++) {
            var tried = rows.retry(number);
            if (tried.verdict() != Verdict.BUSY || attempt == ATTEMPTS) {
                sleeper.sleep(tried.rest());
                return tried.verdict();
            }
            sleeper.sleep(TIMEOUT.multipliedBy(attempt));
        }
    }

    /** What came of a row. */
    public enum Verdict {
        /** It was changed. */
        CHANGED(false),
        /** It was deleted, or does not need the change any more. */
        NO_NEED(false),
        /** It is refused again. */
        REFUSED(false),
        /** Its tenant is paused. */
        TENANT_PAUSED(false),
        /** The application holds it. */
        BUSY(false),
        /** Somebody else has retried or dropped it. */
        GONE(false),
        /** The job's state permits no change, or its time window is closed, or the throttle has stopped it. */
        JOB_STANDS_STILL(true),
        /** The fleet is paused. */
        FLEET_STANDS_STILL(true),
        /** The table is no longer the pinned one. */
        TABLE_CHANGED(true);

        private final boolean endsAll;

        Verdict(boolean endsAll) {
            this.endsAll = endsAll;
        }
    }

    /**
     * What came of it.
     *
     * @param counts how many rows had which verdict
     * @param obstacle why it ended before all rows were retried
     */
    public record Outcome(Map<Verdict, Integer> counts, Optional<Verdict> obstacle) {
        /** Copies the map. */
        public Outcome {
            counts = Map.copyOf(counts);
        }

        /** How many rows had a verdict. */
        public int count(Verdict verdict) {
            return counts.getOrDefault(verdict, 0);
        }
    }

    /**
     * An attempt at a row.
     *
     * @param verdict what came of it
     * @param rest how long to leave the job's rate to others before the next one
     */
    public record Attempt(Verdict verdict, Duration rest) {}

    /** The rows in quarantine. */
    @FunctionalInterface
    public interface Rows {
        /** Retries one. */
        Attempt retry(long number);
    }
}
