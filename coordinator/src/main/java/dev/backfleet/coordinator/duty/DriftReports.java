package dev.backfleet.coordinator.duty;

import dev.backfleet.common.event.DriftEvent;
import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of publishing that a reconcile has found wrong rows: once at least, and again if it is not certain that it was. */
public final class DriftReports {
    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(DriftReports.class);

    private final Verdicts verdicts;
    private final Channel channel;

    public DriftReports(Verdicts verdicts, Channel channel) {
        this.verdicts = verdicts;
        this.channel = channel;
    }

    /** Publishes what was not published, the oldest first; ends at the first that cannot be. */
    public void runOnce() {
        for (var event : verdicts.unpublished()) {
            channel.publish(event);
            verdicts.published(event.reconcile());
            LOG.atWarn()
                    .addKeyValue("job", event.job())
                    .addKeyValue("reconcile", event.reconcile())
                    .addKeyValue("rows", event.missing() + event.different() + event.failed())
                    .addKeyValue("action", EventAction.DRIFT_FOUND)
                    .log("a reconcile has found wrong rows");
        }
    }

    /** Where events go. */
    @FunctionalInterface
    public interface Channel {
        void publish(DriftEvent event);
    }

    /** What reconciles have found. */
    public interface Verdicts {
        /** The verdicts with wrong rows of which it is not known that they were published, the oldest first. */
        List<DriftEvent> unpublished();

        /** Stores that the verdict of a reconcile was published. */
        void published(long reconcile);
    }
}
