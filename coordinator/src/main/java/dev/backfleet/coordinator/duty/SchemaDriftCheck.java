package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of halting jobs whose table is no longer what they were pinned to. Most changes stop a batch by themselves: it
 * is refused, or its fence does not hold. The others are found here, within about a second.
 */
public final class SchemaDriftCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaDriftCheck.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private static final String WHAT = "comparing with the catalog";

    private final Pins pins;
    private final EachJob each;
    private final Interval due;

    /** Creates it; a job that cannot be looked at ends the round. */
    public SchemaDriftCheck(Pins pins, Ticker ticker) {
        this(pins, ticker, EachJob.plainly(WHAT));
    }

    /** Creates it. */
    public SchemaDriftCheck(Pins pins, Problems problems, Ticker ticker) {
        this(pins, ticker, new EachJob(WHAT, problems, ticker));
    }

    private SchemaDriftCheck(Pins pins, Ticker ticker, EachJob each) {
        this.pins = pins;
        this.each = each;
        this.due = new Interval(EVERY, ticker);
    }

    /** Looks, if the last time was long enough ago. */
    public void runOnce() {
        if (!due.isDue()) {
            return;
        }
        for (var job : pins.running()) {
            each.run(job, () -> look(job));
        }
    }

    private void look(long job) {
        pins.changed(job).ifPresent(difference -> {
            if (pins.halt(job, difference)) {
                LOG.atError()
                        .addKeyValue("job", job)
                        .addKeyValue("difference", difference)
                        .log("job halted: what it is pinned to has changed");
            }
        });
    }

    /** What jobs are pinned to, and what of it has changed. */
    public interface Pins {
        /** The jobs that are RUNNING. */
        List<Long> running();

        /**
         * What is different from what a job is pinned to, in words; nothing if its pins hold. Partitions that came meanwhile
         * are taken into the job.
         */
        Optional<String> changed(long job);

        /** Halts a job and takes its shards back; whether it was RUNNING. */
        boolean halt(long job, String why);
    }
}
