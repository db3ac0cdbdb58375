package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of storing the next opening of time windows. A window opens and closes even when no coordinator is running:
 * claims and batches check the times that are stored with the job.
 */
public final class Windows {
    private static final Logger LOG = LoggerFactory.getLogger(Windows.class);

    /** How often it checks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private final Jobs jobs;

    public Windows(Jobs jobs) {
        this.jobs = jobs;
    }

    /** Stores the next opening of every window that has closed. */
    public void runOnce() {
        var closed = jobs.closed();
        if (!closed.isEmpty()) {
            closed.forEach(this::storeNext);
            jobs.revokeTasksIfClosed();
        }
    }

    private void storeNext(Closed closed) {
        var opening = closed.window().at(closed.now());
        jobs.storeOpening(closed.job(), opening);
        LOG.atInfo()
                .addKeyValue("job", closed.job())
                .addKeyValue("opens", opening.opens())
                .addKeyValue("closes", opening.closes())
                .addKeyValue("action", EventAction.WINDOW_CLOSED)
                .log("time window closed; stored the next opening");
    }

    /**
     * A job whose window has closed.
     *
     * @param job the job's id
     * @param window when it may run
     * @param now the time by the database's clock
     */
    public record Closed(long job, TimeWindow window, Instant now) {}

    /** The jobs with a time window. */
    public interface Jobs {
        /** The unfinished jobs whose window has closed. */
        List<Closed> closed();

        /** Stores a job's next opening. */
        void storeOpening(long job, TimeWindow.Opening opening);

        /** Makes shards PENDING again whose tasks no worker may claim, because the window is closed. */
        void revokeTasksIfClosed();
    }
}
