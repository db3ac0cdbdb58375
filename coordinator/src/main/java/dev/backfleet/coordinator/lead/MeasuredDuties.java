package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.telemetry.EventAction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs duties, measures how long each takes, and counts and logs its failures. A failure does not reach the caller: the
 * other duties run, and the failed one runs again when it is next due.
 */
public final class MeasuredDuties implements Duty.Runner {
    private static final Logger LOG = LoggerFactory.getLogger(MeasuredDuties.class);

    // While the database is unreachable, every duty fails several times a second.
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    private final MeterRegistry registry;
    private final Ticker ticker;
    private final Consumer<Throwable> failed;
    private final Map<DutyName, Figures> figures = new ConcurrentHashMap<>();
    private final Map<DutyName, Duration> nextLog = new ConcurrentHashMap<>();

    /**
     * Of one coordinator.
     *
     * @param failed called with each failure of a duty; it may end the process
     */
    public MeasuredDuties(MeterRegistry registry, Ticker ticker, Consumer<Throwable> failed) {
        this.registry = registry;
        this.ticker = ticker;
        this.failed = failed;
    }

    @Override
    public void run(DutyName duty, Runnable work) {
        var figures = this.figures.computeIfAbsent(duty, name -> Figures.of(name, registry));
        PeriodicThread.progressed();
        var started = ticker.now();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // An Error too: its thread would end, and this coordinator would lead without the duty.
            figures.failures.increment();
            log(duty, e);
            failed.accept(e);
        } finally {
            figures.duration.record(ticker.now().minus(started));
        }
    }

    private void log(DutyName duty, Throwable failure) {
        var now = ticker.now();
        if (now.compareTo(nextLog.getOrDefault(duty, Duration.ZERO)) < 0) {
            return;
        }
        nextLog.put(duty, now.plus(LOG_EVERY));
        LOG.atWarn()
                .addKeyValue("duty", duty.text())
                .addKeyValue("cause", failure.toString())
                .addKeyValue("action", EventAction.DUTY_FAILED)
                .log("duty failed; it runs again when it is next due");
        LOG.atDebug().addKeyValue("duty", duty.text()).setCause(failure).log("stack trace of the failed duty");
    }

    private record Figures(Timer duration, Counter failures) {
        static Figures of(DutyName duty, MeterRegistry registry) {
            return new Figures(
                    CoordinatorMetric.DUTY_SECONDS.timer(registry, duty.text()),
                    CoordinatorMetric.DUTY_FAILURES.counter(registry, duty.text()));
        }
    }
}
