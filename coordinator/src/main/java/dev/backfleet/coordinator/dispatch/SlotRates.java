package dev.backfleet.coordinator.dispatch;

import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.Grant;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Divides each job's rows per second by the slots that work on it, and tells the workers when that changes. */
public final class SlotRates {
    private static final Logger LOG = LoggerFactory.getLogger(SlotRates.class);

    private final Channel channel;
    private final Map<Long, Double> told = new HashMap<>();

    /** Creates it; nothing is known to have been told. */
    public SlotRates(Channel channel) {
        this.channel = channel;
    }

    /** Tells the rates that hold once the grants are used. */
    public void publish(FleetLoad load, List<Grant> grants) {
        for (var job : load.jobs()) {
            if (job.rateLimit() > 0) {
                tell(job.job(), rate(job, granted(job, grants), load.slots()));
            } else if (told.remove(job.job()) != null) {
                tell(job.job(), null);
            }
        }
        told.keySet().removeIf(id -> load.jobs().stream().noneMatch(job -> job.job() == id));
    }

    /** Forgets what was told, so that all is told again: after another coordinator may have led. */
    public void forget() {
        told.clear();
    }

    /** A job's rate for each of its slots: not more slots than it may use, and not more than there are. */
    static double rate(JobLoad job, int granted, int slots) {
        var using = Math.min(job.outstanding() + granted, Math.min(job.concurrency(), Math.max(1, slots)));
        return (double) job.rateLimit() / Math.max(1, using);
    }

    private void tell(long job, @org.jspecify.annotations.Nullable Double rate) {
        if (rate != null && rate.equals(told.get(job))) {
            return;
        }
        try {
            channel.slotRate(job, rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate));
            if (rate != null) {
                told.put(job, rate);
            }
        } catch (RuntimeException e) {
            // Workers keep to the limit divided by the job's concurrency until they hear better.
            LOG.atWarn()
                    .addKeyValue("job", job)
                    .addKeyValue("cause", e.getMessage())
                    .log("rate not told");
        }
    }

    private static int granted(JobLoad job, List<Grant> grants) {
        return grants.stream()
                .filter(grant -> grant.job() == job.job())
                .mapToInt(Grant::tasks)
                .sum();
    }

    /** The way to the workers. */
    @FunctionalInterface
    public interface Channel {
        /** Tells the rows per second that one slot may change of a job; empty: no limit. */
        void slotRate(long job, OptionalDouble rowsPerSecond);
    }
}
