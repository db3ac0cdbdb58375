package dev.backfleet.coordinator;

import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.lead.PeriodicThread;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.SignalSource;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.util.List;
import java.util.Set;

/** Shows that the throttle's thread makes progress, however many signals a server answers slowly. */
record SteadySignals(SignalSource signals) implements SignalSource {
    @Override
    public List<Sample> server(Set<Signal> wanted) {
        PeriodicThread.progressed();
        return signals.server(wanted);
    }

    @Override
    public List<Sample> job(ThrottledJob job, Set<Signal> wanted) {
        PeriodicThread.progressed();
        return signals.job(job, wanted);
    }
}
