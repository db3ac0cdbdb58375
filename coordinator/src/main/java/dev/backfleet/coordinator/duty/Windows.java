package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of opening time windows anew. That a window opens and closes needs nobody: claims and batches look at the
 * times that are stored with the job. Here the next opening is stored when one is over.
 */
public final class Windows {
    private static final Logger LOG = LoggerFactory.getLogger(Windows.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Jobs jobs;
    private final Interval due;

    /** Creates it. */
    public Windows(Jobs jobs, Ticker ticker) {
        this.jobs = jobs;
        this.due = new Interval(EVERY, ticker);
    }

    /** Stores the next opening of every window that has closed, if the last look was long enough ago. */
    public void runOnce() {
        if (!due.isDue()) {
            return;
        }
        var closed = jobs.closed();
        if (!closed.isEmpty()) {
            closed.forEach(this::open);
            jobs.takeBackTasks();
        }
    }

    private void open(Closed closed) {
        var opening = closed.window().at(closed.now());
        jobs.opens(closed.job(), opening);
        LOG.atInfo()
                .addKeyValue("job", closed.job())
                .addKeyValue("opens", opening.opens())
                .addKeyValue("closes", opening.closes())
                .log("time window over; the next is known");
    }

    /**
     * A job whose opening is over.
     *
     * @param job which job
     * @param window when it may run
     * @param now the time on the database's clock
     */
    public record Closed(long job, TimeWindow window, Instant now) {}

    /** The jobs with a window, as they are stored. */
    public interface Jobs {
        /** The jobs that are not over, and whose opening is. */
        List<Closed> closed();

        /** Stores a job's next opening. */
        void opens(long job, TimeWindow.Opening opening);

        /** Makes shards PENDING again whose tasks nobody may claim, because the window is closed. */
        void takeBackTasks();
    }
}
