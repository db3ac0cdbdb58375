package dev.backfleet.coordinator.duty;

import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of halting jobs whose table definition no longer matches the job's snapshot. Most changes stop a batch anyway:
 * PostgreSQL rejects it, or its fence does not hold. The others are found here, within about a second.
 */
public final class SchemaDriftCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaDriftCheck.class);

    /** How often it compares. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "comparing with the catalog";

    private final Pins pins;
    private final EachJob each;

    public SchemaDriftCheck(Pins pins, EachJob each) {
        this.pins = pins;
        this.each = each;
    }

    /** Compares the table of every RUNNING job with the job's snapshot. */
    public void runOnce() {
        for (var job : pins.running()) {
            each.run(job, () -> compare(job));
        }
    }

    private void compare(long job) {
        pins.changed(job).ifPresent(difference -> {
            if (pins.halt(job, difference)) {
                LOG.atError()
                        .addKeyValue("job", job)
                        .addKeyValue("difference", difference)
                        .addKeyValue("action", EventAction.JOB_HALTED)
                        .log("job halted: the table definition does not match the job's snapshot");
            }
        });
    }

    /** Compares the catalog with the snapshots of jobs. */
    public interface Pins {
        /** The jobs that are RUNNING. */
        List<Long> running();

        /**
         * The first difference between the catalog and a job's snapshot, in words; nothing if there is none. Takes partitions
         * that were attached in the meantime into the job.
         */
        Optional<String> changed(long job);

        /** Halts a job and revokes its shards; whether it was RUNNING. */
        boolean halt(long job, String why);
    }
}
