package dev.backfleet.coordinator.notify;

import dev.backfleet.common.metric.CoordinatorMetric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;

/**
 * Counts how long pauses take, each once among all coordinators: the pause of a job when its event is completed, that of the fleet when
 * this coordinator takes the figure that whoever has proven the pause has stored.
 */
public final class PauseMeter {
    private static final String JOB = "job";
    private static final String FLEET = "fleet";

    private final Pauses pauses;
    private final MeterRegistry registry;

    public PauseMeter(Pauses pauses, MeterRegistry registry) {
        this.pauses = pauses;
        this.registry = registry;
        // At zero from the start, so that the first pause is seen as an increase.
        CoordinatorMetric.PAUSE_QUIET.timer(registry, JOB);
        CoordinatorMetric.PAUSE_QUIET.timer(registry, FLEET);
    }

    /** Counts an event that this coordinator has completed, if it says that a job is paused. */
    public void completed(StoredEvent event) {
        if (event.type().equals(EventType.JOB_PAUSED.text())) {
            pauses.ofJob(event.id()).ifPresent(took -> count(JOB, took));
        }
    }

    /** Counts a pause of the fleet that is proven and was not counted. */
    public void countFleet(long epoch) {
        pauses.takeOfFleet(epoch).ifPresent(took -> count(FLEET, took));
    }

    private void count(String scope, Duration took) {
        CoordinatorMetric.PAUSE_QUIET.timer(registry, scope).record(took.isNegative() ? Duration.ZERO : took);
    }

    /** The pauses, as they are stored. */
    public interface Pauses {
        /**
         * How long the pause took that an event tells of: from the request to the proof. Nothing if there was nothing to wait for, as
         * at the end of a plan.
         */
        Optional<Duration> ofJob(long event);

        /** How long the last pause of the fleet took, if that was not taken yet; nobody gets it a second time. */
        Optional<Duration> takeOfFleet(long epoch);
    }
}
