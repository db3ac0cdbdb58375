package dev.backfleet.coordinator.pin;

import dev.backfleet.common.clock.Due;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of halting jobs whose table is no longer what they were pinned to. Most changes stop a batch by themselves: it
 * is refused, or its fence does not hold. The others are found here, within about a second.
 */
public final class PinWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PinWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Pins pins;
    private final Due due;

    /** Creates it. */
    public PinWatch(Pins pins, Ticker ticker) {
        this.pins = pins;
        this.due = new Due(EVERY, ticker);
    }

    /** Looks, if the last time was long enough ago. */
    public void runOnce() {
        if (!due.isDue()) {
            return;
        }
        pins.changed().forEach((job, difference) -> {
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
        /** The jobs that are RUNNING though their pins no longer hold, and what is different, in words. */
        Map<Long, String> changed();

        /** Halts a job and takes its shards back; whether it was RUNNING. */
        boolean halt(long job, String why);
    }
}
