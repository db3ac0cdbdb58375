package dev.backfleet.coordinator.operation.quarantine;

import dev.backfleet.common.clock.Sleeper;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Retries rows in quarantine, one short statement each: it changes the row, counts it, and removes it from quarantine. The
 * process that requests the retry runs the statements, with or without workers and coordinators. The rules for workers apply
 * here too: no row changes while its job, its tenant or the fleet is paused, and each row counts against the job's rate.
 */
public final class RetryRows {

    // A row that the application has locked is tried again, with a growing pause.
    private static final int ATTEMPTS = 8;
    private static final Duration TIMEOUT = Duration.ofMillis(50);

    private final Rows rows;
    private final Sleeper sleeper;

    public RetryRows(Rows rows, Sleeper sleeper) {
        this.rows = rows;
        this.sleeper = sleeper;
    }

    /**
     * Retries rows until all were retried, or until no row may be changed any more.
     *
     * @param numbers the rows
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

    /** The result for a row. */
    public enum Verdict {
        /** It was changed. */
        CHANGED(false),
        /** It was deleted, or no longer needs the change. */
        NO_NEED(false),
        /** It was rejected again. */
        REFUSED(false),
        /** Its tenant is paused. */
        TENANT_PAUSED(false),
        /** The application has locked it. */
        BUSY(false),
        /** Another command has retried or dismissed it. */
        GONE(false),
        /** The job's state permits no change, or its time window is closed, or the throttle has stopped it. */
        JOB_NOT_RUNNING(true),
        /** The fleet is paused. */
        FLEET_PAUSED(true),
        /** The table no longer matches the job's snapshot. */
        TABLE_CHANGED(true);

        private final boolean endsAll;

        Verdict(boolean endsAll) {
            this.endsAll = endsAll;
        }
    }

    /**
     * The result of a retry.
     *
     * @param counts how many rows had which verdict
     * @param obstacle why the retry ended before all rows were retried
     */
    public record Outcome(Map<Verdict, Integer> counts, Optional<Verdict> obstacle) {
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
     * @param rest how long to wait before the next row, so that the job's rate is kept
     */
    public record Attempt(Verdict verdict, Duration rest) {}

    /** The rows in quarantine. */
    @FunctionalInterface
    public interface Rows {
        /** Retries one row. */
        Attempt retry(long number);
    }
}
